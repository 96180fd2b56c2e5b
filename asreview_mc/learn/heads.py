"""What confirmations teach: a small head for each sub-topic on top of what its card says.

A head corrects the log-odds that the cards give: by an offset, by how much each kind of evidence counts for this label,
and by the direction of the text. All three are drawn to zero, so that few confirmations change little and a
label that was hardly ever confirmed rests on its card. Nothing but what people confirmed is learnt from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

OFFSET_PENALTY, SLOPE_PENALTY, DIRECTION_PENALTY = 4.0, 3.0, 0.1
"""Of squared coefficients, per record; chosen by cross-validation on the development corpus."""
FULL_FROM = 5
"""Confirmed and rejected records from which a label's head counts in full; below, in proportion."""
_STEPS = 200


@dataclass(frozen=True)
class Heads:
    """One head for each of k labels, over f kinds of evidence and texts of d dimensions.

    Attributes
    ----------
    offsets : ndarray (k,)
    slopes : ndarray (k, f)
    directions : ndarray (k, d)
    centre : ndarray (d,)
        Mean direction of the texts learnt from.
    positives, negatives : ndarray (k,)
        Records confirmed to have each label, and not to have it.
    """

    offsets: Floats
    slopes: Floats
    directions: Floats
    centre: Floats
    positives: Floats
    negatives: Floats

    @property
    def share(self) -> Floats:
        """How much each head counts, in [0, 1], shape (k,)."""
        share: Floats = np.minimum(np.minimum(self.positives, self.negatives) / FULL_FROM, 1.0)
        return share

    def added(self, features: Floats, vectors: Floats) -> Floats:
        """Return what the heads add to the log-odds of n texts, (n, k).

        Parameters
        ----------
        features : ndarray (n, k, f)
            Evidence for each label.
        vectors : ndarray (n, d)
            Direction of each text.
        """
        by_evidence = np.einsum("nkf,kf->nk", features, self.slopes)
        found: Floats = self.share * (self.offsets + by_evidence + (vectors - self.centre) @ self.directions.T)
        return found


def fit_heads(features: Floats, vectors: Floats, log_odds: Floats, confirmed: Floats) -> Heads:
    """Learn a head for each label from confirmed records: logistic regressions with the cards' log-odds as offset.

    Parameters
    ----------
    features : ndarray (n, k, f)
    vectors : ndarray (n, d)
    log_odds : ndarray (n, k)
        What the cards alone say.
    confirmed : ndarray (n, k)
        Share in [0, 1] of the coders who gave the label; NaN where nobody judged it.

    Returns
    -------
    Heads
        All zero where nothing was confirmed.
    """
    from scipy.optimize import minimize

    n, k, f = features.shape
    d = vectors.shape[1]
    known = np.isfinite(confirmed)
    truth = np.where(known, confirmed, 0.0)
    centre = vectors.mean(axis=0) if n else np.zeros(d)
    centred = vectors - centre

    def parts(values: Floats) -> tuple[Floats, Floats, Floats]:
        return values[:k], values[k : k + k * f].reshape(k, f), values[k + k * f :].reshape(k, d)

    def loss(values: Floats) -> tuple[float, Floats]:
        offsets, slopes, directions = parts(values)
        z = log_odds + offsets + np.einsum("nkf,kf->nk", features, slopes) + centred @ directions.T
        fit = np.where(known, np.logaddexp(0.0, z) - truth * z, 0.0).sum()
        wrong = np.where(known, 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500))) - truth, 0.0)
        penalty = (
            OFFSET_PENALTY * (offsets**2).sum()
            + SLOPE_PENALTY * (slopes**2).sum()
            + DIRECTION_PENALTY * (directions**2).sum()
        )
        gradient = np.concatenate(
            [
                wrong.sum(axis=0) + OFFSET_PENALTY * offsets,
                (np.einsum("nk,nkf->kf", wrong, features) + SLOPE_PENALTY * slopes).ravel(),
                (wrong.T @ centred + DIRECTION_PENALTY * directions).ravel(),
            ]
        )
        return float(fit + penalty / 2), gradient

    start = np.zeros(k + k * f + k * d)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x if n else start
    offsets, slopes, directions = parts(found)
    positives = np.where(known, truth, 0.0).sum(axis=0)
    return Heads(offsets, slopes, directions, centre, positives, known.sum(axis=0) - positives)
