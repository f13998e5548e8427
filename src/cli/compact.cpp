#include "store/compact.hpp"
#include "store/merge_manifests.hpp"

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/progress_bar.hpp"
#include "store/counts.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string from, to;
  int jobs = 0;
  bool no_counts = false;
};

/// Sets a bound of the days from a date, if there is one.
Result<void> read_day(const std::string& text, std::int64_t& day) {
  if (text.empty()) return {};
  auto parsed = parse_day(text);
  if (!parsed) return parsed.error();
  day = *parsed;
  return {};
}

std::string plural(std::size_t number, const std::string& noun) { return with_thousands(number) + " " + noun + (number == 1 ? "" : "s"); }

std::string merged_text(const CompactSummary& summary) {
  if (summary.days == 0) return "nothing to merge";
  return "merged " + plural(summary.days, "day") + ": " + plural(summary.files_before, "file") + " (" + human_bytes(summary.bytes_before) +
         ") became " + with_thousands(summary.files_after) + " (" + human_bytes(summary.bytes_after) + "), " +
         plural(summary.rows_before, "row") + " became " + with_thousands(summary.rows_after);
}

/// How far the command is; asked by the thread of the bar.
struct Progress {
  enum class Work { looking, merging, counting };
  std::atomic<Work> work{Work::looking};
  std::atomic<std::int64_t> day{0};
  std::atomic<std::size_t> begun{0};  ///< days of the work at hand, the one at hand among them
  std::atomic<std::size_t> days{0};   ///< to merge

  void begin(Work what, std::int64_t which) {
    if (work.exchange(what) != what) begun = 0;
    day = which;
    ++begun;
  }
  ProgressBar::State state() const {
    const Work what = work;
    if (what == Work::looking) return {-1, "looking for days to merge"};
    if (what == Work::counting) return {-1, "counting " + format_day(day) + ", day " + with_thousands(begun)};
    const std::size_t at = begun, all = days;
    const double share = at == 0 || all == 0 ? 0 : static_cast<double>(at - 1) / static_cast<double>(all);
    return {share, "merging " + format_day(day) + ", day " + with_thousands(at) + " of " + with_thousands(all)};
  }
};

/// Does the work, with its progress on standard error, and says what was done.
Result<std::string> compact_lake(const Options& options, const Context& context, CompactOptions wanted) {
  Progress progress;
  const ProgressBar bar(context.quiet, [&] { return progress.state(); });
  wanted.threads = options.jobs;
  wanted.on_begin = [&](std::size_t days) { progress.days = days; };
  wanted.on_day = [&](std::int64_t day) { progress.begin(Progress::Work::merging, day); };
  Lake lake(context.lake);
  auto summary = compact(lake, wanted);
  if (!summary) return summary.error();
  std::string line = merged_text(*summary);
  if (summary->skipped > 0) line += "; " + plural(summary->skipped, "day") + " changed meanwhile and must wait for the next time";
  if (!options.no_counts) {
    CountsOptions counting;
    counting.on_day = [&](std::int64_t day) { progress.begin(Progress::Work::counting, day); };
    auto counted = ensure_counts(lake, wanted.from_day, wanted.to_day, counting);
    if (!counted) return counted.error();
    if (*counted > 0) line += "; counted " + plural(*counted, "day");
  }
  auto manifests = merge_manifests(lake, now_ns());
  if (!manifests) return manifests.error();
  if (*manifests > 0) line += "; " + plural(*manifests, "manifest") + " fewer";
  auto swept = lake.sweep();
  if (!swept) return swept.error();
  if (*swept > 0) line += "; deleted " + plural(*swept, "file") + " replaced before";
  return line;
}

int run(const Options& options, const Context& context) {
  CompactOptions wanted;
  for (const auto& bound : {read_day(options.from, wanted.from_day), read_day(options.to, wanted.to_day)}) {
    if (!bound) return wrong_usage(bound.error().sentence);
  }
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored)) {
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  }
  auto line = compact_lake(options, context, wanted);
  if (!line) return fail(line.error().sentence);
  std::printf("%s\n", line->c_str());
  return kDone;
}

}  // namespace

void add_compact(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("compact", "Merges small files and partial rows of each day, and makes the table counts");
  auto options = std::make_shared<Options>();
  command->add_option("--from", options->from, "First day, like 2017-11-01");
  command->add_option("--to", options->to, "Day after the last one: the end is not included");
  command->add_option("--jobs", options->jobs, "Threads; 0: one a core")->check(CLI::NonNegativeNumber);
  command->add_flag("--no-counts", options->no_counts, "Do not make the table counts (figures over long spans are slower then)");
  command->footer("Example:\n  nightjar compact --from 2017-11-01 --to 2017-12-01");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
