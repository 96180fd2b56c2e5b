"""Commands for methodologists: replay labelled reviews, measure orders, draw recall curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import Json, answer, columns, progress, say
from asreview_mc.core.errors import OutputError

OrderFiles = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Reading orders, as `simulate --orders` writes.")
]
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


def simulate(
    data: Annotated[list[Path], typer.Argument(metavar="DATA.csv...", help="Labelled tables (.csv or .csv.gz).")],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV of results, a row per run.")],
    ranker: Annotated[
        list[str] | None, typer.Option(help="hybrid (default), elas_u4, elas_u3 or random; repeat for several.")
    ] = None,
    priors: Annotated[str, typer.Option(help="Relevant and irrelevant records known at the start.")] = "1,1",
    seeds: Annotated[int, typer.Option(min=1, max=10_000, help="Runs per data set and ranker, with seeds 1 to N.")] = 3,
    protocol: Annotated[
        Path | None, typer.Option(help="protocol.toml or JSON that says what the reviews look for.")
    ] = None,
    n_query: Annotated[int, typer.Option(min=1, help="Records read between two trainings.")] = 1,
    jobs: Annotated[int, typer.Option(min=-1, help="Processes; -1 for one a processor core.")] = 1,
    orders: Annotated[Path | None, typer.Option(help="Folder for each run's reading order.")] = None,
    as_json: Json = False,
) -> None:
    """Replay labelled reviews, to see how soon the relevant records would have been found."""
    from asreview_mc.report.writing import suffix_of
    from asreview_mc.simulate import grid

    wanted = _priors(priors)
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
    with progress("Replaying") as bar:
        results = grid.simulate(
            data,
            ranker or ["hybrid"],
            priors=wanted,
            seeds=seeds,
            protocol=protocol,
            n_query=n_query,
            jobs=jobs,
            progress=(lambda _stage, done, total: bar(done, total)) if bar else None,
        )
    grid.write_rows(results.rows, output)
    say(f"Wrote {len(results.rows)} runs to {output}")
    if orders:
        grid.write_orders(results.orders, orders)
        say(f"Wrote {len(results.orders)} orders to {orders}")
    answer(as_json, {"runs": results.rows}, _means(results.rows))


def _means(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    from asreview_mc.simulate.metrics import means

    table = [
        (row["dataset"], row["ranker"], row["runs"], *(f"{row[name]:.3f}" for name in SHOWN)) for row in means(rows)
    ]
    return columns(table, header=("dataset", "ranker", "runs", *SHOWN))


def metrics(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Results or orders of `simulate`, or .asreview projects.")
    ],
    against: Annotated[str, typer.Option(help="A ranker that all others are compared with, set by set.")] = "",
    as_json: Json = False,
) -> None:
    """Measure reading orders, and compare rankers."""
    from asreview_mc.simulate import files as files_of
    from asreview_mc.simulate.paired import paired

    rows = files_of.read_runs(files)
    compared = paired(rows, against) if against else []
    found: dict[str, Any] = {"runs": rows} | ({"against": against, "paired": compared} if against else {})
    answer(as_json, found, [*_means(rows), *_compared(compared, against)])


def _compared(compared: Sequence[dict[str, Any]], against: str) -> Iterator[str]:
    if not compared:
        return
    yield ""
    yield f"Less {against}, over data sets: difference of means with its bootstrap 95 % interval, sets better and worse"
    table = [
        (
            one["ranker"],
            one["metric"],
            f"{one['difference']:+.3f}",
            f"{one['ci_low']:+.3f} to {one['ci_high']:+.3f}",
            one["better"],
            one["worse"],
            f"{one['sign_p']:.3f}",
        )
        for one in compared
        if one["metric"] in SHOWN
    ]
    yield from columns(table, header=("ranker", "metric", "difference", "interval", "better", "worse", "sign test p"))


def plot(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Orders of `simulate --orders`, or .asreview projects."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Picture: .svg, .png or .pdf.")],
    as_json: Json = False,
) -> None:
    """Draw recall curves: one panel a data set, one colour a ranker."""
    from asreview_mc.simulate import files as files_of
    from asreview_mc.simulate.curves import recall_plot

    drawn = recall_plot([files_of.read_order(path) for path in files], output)
    answer(as_json, {"path": str(drawn)}, [f"Drew {len(files)} orders to {drawn}."])
