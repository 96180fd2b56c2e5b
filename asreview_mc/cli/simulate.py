"""Commands for methodologists: replay labelled reviews, measure orders, draw recall curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from asreview_mc.cli.output import Json, answer, columns, progress, say
from asreview_mc.core.errors import DataError, OutputError

RunFiles = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Results or reading orders of `simulate`, or .asreview files (v2, v3)."),
]
Reference = Annotated[str, typer.Option(help="The ranker to compare the others with, like elas_u4.")]
SHOWN = ("loss", "ndcg", "wss95", "wss100", "tnr95", "recall10", "atd", "td_last")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    for command in (simulate, metrics, plot):
        app.command()(command)


def _priors(text: str) -> tuple[int, int]:
    parts = text.split(",")
    if len(parts) != 2 or not all(part.strip().isdecimal() for part in parts):
        raise typer.BadParameter("give two whole numbers, like 1,1")
    return int(parts[0]), int(parts[1])


def _n_query(text: str) -> int | Literal["extreme"]:
    if text == "extreme":
        return "extreme"
    if not text.isdecimal() or int(text) < 1:
        raise typer.BadParameter("give a whole number from 1, or extreme")
    return int(text)


def simulate(
    data: Annotated[list[Path], typer.Argument(metavar="DATA.csv...", help="Labelled tables (.csv or .csv.gz).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV of results, a row per run.")],
    ranker: Annotated[
        list[str] | None,
        typer.Option(
            help="hybrid (default), elas_u4, elas_u3, random or a scikit-learn classifier; repeat for several."
        ),
    ] = None,
    priors: Annotated[str, typer.Option(help="Relevant and irrelevant records known at the start.")] = "1,1",
    seeds: Annotated[int, typer.Option(min=1, max=10_000, help="Runs per data set and ranker, with seeds 1 to N.")] = 3,
    protocol: Annotated[
        Path | None, typer.Option(help="protocol.toml or JSON that says what the reviews look for.")
    ] = None,
    n_query: Annotated[
        str, typer.Option(help="Records read between two trainings; `extreme`: 1, then more as more are read.")
    ] = "1",
    jobs: Annotated[int, typer.Option(min=-1, help="Processes; -1 for one a processor core.")] = 1,
    orders: Annotated[Path | None, typer.Option(help="Folder for each run's reading order.")] = None,
    as_json: Json = False,
) -> None:
    """Replay labelled reviews, to see how soon the relevant records would have been found."""
    from asreview_mc.report.writing import suffix_of
    from asreview_mc.simulate import files, grid

    wanted, batch = _priors(priors), _n_query(n_query)
    suffix_of(output, (".csv",))
    for path in data:
        if output.resolve() == path.resolve():
            raise OutputError(
                "is one of the data sets", where=str(output), remedy="Choose another name for the results"
            )
    if orders and orders.exists() and not orders.is_dir():
        raise OutputError("is no folder", where=str(orders), remedy="Choose another name for the orders")
    if jobs == 0:
        raise typer.BadParameter("--jobs must not be 0")
    journal = output.with_name(f"{output.name}.unfinished")
    try:
        with progress("Replaying") as bar:
            results = grid.simulate(
                data,
                ranker or ["hybrid"],
                priors=wanted,
                seeds=seeds,
                protocol=protocol,
                n_query=batch,
                jobs=jobs,
                progress=(lambda _stage, done, total: bar(done, total)) if bar else None,
                journal=journal,
            )
    except KeyboardInterrupt:
        say(f"Interrupted; finished runs are kept in {journal}, and the same command goes on from there")
        raise
    files.write_rows(results.rows, output)
    say(f"Wrote {len(results.rows)} runs to {output}")
    if orders:
        files.write_orders(results.orders, orders)
        say(f"Wrote {len(results.orders)} orders to {orders}")
    answer(as_json, {"runs": results.rows}, _means(results.rows))


def _means(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    from asreview_mc.simulate.metrics import means

    table = [
        (row["dataset"], row["ranker"], row["runs"], *(f"{row[name]:.3f}" for name in SHOWN)) for row in means(rows)
    ]
    return columns(table, header=("dataset", "ranker", "runs", *SHOWN))


def metrics(
    files: RunFiles,
    reference: Reference = "",
    as_json: Json = False,
) -> None:
    """Measure reading orders; with a reference, compare the other rankers with it, data set by data set."""
    rows, _ = _runs(files)
    compared = []
    if reference:
        from asreview_mc.simulate.compare import paired

        compared = paired(rows, reference)
    lines = [*_means(rows), *(["", *_differences(compared)] if compared else [])]
    answer(as_json, {"runs": rows, "comparisons": compared}, lines)


def _runs(paths: Sequence[Path]) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return a row a run of all files, and the orders among them."""
    from asreview_mc.simulate import files
    from asreview_mc.simulate.replay import Order

    rows, orders = [], []
    for path in paths:
        found = files.read(path)
        if isinstance(found, Order):
            orders.append(found)
            rows.append(files.row(found))
        else:
            rows += found
    return rows, orders


def _differences(compared: Sequence[dict[str, Any]]) -> Iterator[str]:
    table = []
    for one in (one for one in compared if one["metric"] in SHOWN):
        mean, low, high = (one["difference"][part] for part in ("value", "ci_low", "ci_high"))
        interval = "one set only" if low is None else f"{low:+.4f} to {high:+.4f}"
        counts = (str(one[name]) for name in ("better", "worse", "equal"))
        names = (f"{one['ranker']} - {one['reference']}", one["metric"])
        table.append((*names, f"{mean:+.4f}", interval, *counts, f"{one['sign_test_p']:.3f}"))
    return columns(
        table, header=("difference", "metric", "mean", "95 % over sets", "better", "worse", "equal", "sign test p")
    )


def plot(
    files: RunFiles,
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture: .svg, .png or .pdf.")],
    reference: Reference = "",
    as_json: Json = False,
) -> None:
    """Draw recall curves, a panel a data set; with a reference, loss and WSS of each data set beside its own."""
    from asreview_mc.simulate.curves import recall_plot
    from asreview_mc.simulate.set_plot import set_plot

    rows, orders = _runs(files)
    if reference:
        drawn = set_plot(rows, output, reference=reference)
    elif orders:
        drawn = recall_plot(orders, output)
    else:
        raise DataError(
            "results alone have no curve", where=str(files[0]), remedy="Give orders, or --reference for a plot by set"
        )
    answer(as_json, {"path": str(drawn)}, [f"Drew {len(rows) if reference else len(orders)} runs to {drawn}."])
