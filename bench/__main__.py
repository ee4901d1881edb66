"""`make bench`: a campaign against smtp-source and against a naive sender in one run, with lost mail counted."""

import argparse
import json
from statistics import median

from bench.stand import ROOT, own_services, sink

ROUNDS = 3
NAIVE_MESSAGES = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=100_000)
    recipients = parser.parse_args().recipients
    own_services()
    figures = measure(recipients)
    (ROOT / "bench" / "results.json").write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)


def measure(recipients: int) -> dict[str, float]:
    from bench import campaign, naive, smtp_source

    smtp_source.program()
    with sink() as target:
        campaign.prepare(recipients, target)
        runs, yardsticks = [], []
        with campaign.workers() as bulk_pid:
            campaign.send(target, bulk_pid, 0)  # warm-up: plans compiled, connections open
            size = target.mean_size()
            for number in range(1, ROUNDS + 1):
                runs.append(campaign.send(target, bulk_pid, number))
                yardsticks.append(smtp_source.messages_per_second(target, recipients, size))
        target.forget()
        naive.prepare(campaign.version_id())
        naive_rate = naive.messages_per_second(target, NAIVE_MESSAGES)
    rate = median(run.messages_per_second for run in runs)
    return {
        "recipients": recipients,
        "message_bytes": size,
        "end_to_end_over_smtp_source": round(
            median(run.messages_per_second / yard for run, yard in zip(runs, yardsticks, strict=True)), 2
        ),
        "end_to_end_over_naive": round(rate / naive_rate, 1),
        "lost": sum(run.lost for run in runs),
        "duplicated": sum(run.duplicated for run in runs),
        "messages_per_second": round(rate),
        "smtp_source_messages_per_second": round(median(yardsticks)),
        "naive_messages_per_second": round(naive_rate, 1),
        "worker_cpu_us_per_message": round(median(run.worker_cpu_us_per_message for run in runs), 1),
        "peak_rss_mb": round(max(run.peak_rss_mb for run in runs), 1),
    }


def show(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", title="End to end: due campaign → every recipient recorded")
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    Console().print(table)


if __name__ == "__main__":
    main()
