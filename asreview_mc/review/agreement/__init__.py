"""Agreement between raters: tables, coefficients and their intervals."""

from asreview_mc.review.agreement.intervals import Statistic
from asreview_mc.review.agreement.summary import BATCH, Agreement, PairAgreement, batches, summarise

__all__ = ["BATCH", "Agreement", "PairAgreement", "Statistic", "batches", "summarise"]
