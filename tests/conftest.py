"""What every test stands on: no network, a cache of its own, nobody's name, and where things are."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Read by huggingface_hub when it is imported, which a test module may do while it is collected.
os.environ["HF_HUB_OFFLINE"] = "1"

ROOT = Path(__file__).resolve().parents[1]

# A slow machine is no fault of the code, and a landing must not hang on the luck of a draw: new examples are drawn
# wherever somebody works, the same ones where a change is judged.
settings.register_profile(
    "ours", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("ours")


def pytest_report_header() -> str:
    """Say which copy of the package is tested; ``.ci/run`` reads this line."""
    found = find_spec("asreview_mc")
    return f"asreview_mc: {found.origin if found else 'not installed'}"


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASREVIEW_MC_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("ASREVIEW_MC_USER", raising=False)
        yield


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The repository's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("shared/data, which is not part of the repository, does not lie beside it")
    return folder
