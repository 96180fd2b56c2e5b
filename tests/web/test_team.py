"""Coming in as a team: invitations, passwords, cookies, and all that is refused."""

import json
import os
import stat

import pytest
from starlette.testclient import TestClient

from asreview_mc.core.errors import DecisionError, OutputError
from asreview_mc.web.accounts import Accounts
from asreview_mc.web.serve import Place

from .conftest import TEAM, Browser

PASSWORD = "correct horse battery"
