#include "store/compact.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
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

int run(const Options& options, const Context& context) {
  CompactOptions wanted;
  for (const auto& bound : {read_day(options.from, wanted.from_day), read_day(options.to, wanted.to_day)}) {
    if (!bound) return wrong_usage(bound.error().sentence);
  }
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored)) {
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  }
  const auto remark = [&](const char* what) {
    return [&context, what](std::int64_t day) {
      if (!context.quiet) std::fprintf(stderr, "%s %s\n", what, format_day(day).c_str());
    };
  };
  wanted.threads = options.jobs;
  wanted.on_day = remark("merging");
  Lake lake(context.lake);
  auto summary = compact(lake, wanted);
  if (!summary) return fail(summary.error().sentence);
  std::string line = merged_text(*summary);
  if (summary->skipped > 0) line += "; " + plural(summary->skipped, "day") + " changed meanwhile and must wait for the next time";
  if (!options.no_counts) {
    CountsOptions counting;
    counting.on_day = remark("counting");
    auto counted = ensure_counts(lake, wanted.from_day, wanted.to_day, counting);
    if (!counted) return fail(counted.error().sentence);
    if (*counted > 0) line += "; counted " + plural(*counted, "day");
  }
  auto swept = lake.sweep();
  if (!swept) return fail(swept.error().sentence);
  if (*swept > 0) line += "; deleted " + plural(*swept, "file") + " replaced before";
  std::printf("%s\n", line.c_str());
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
