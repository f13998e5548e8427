#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <thread>

#include "cli/commands.hpp"
#include "cli/decapsulation.hpp"
#include "ingest/summary.hpp"
#include "ingest/summary_json.hpp"
#include "ingest/summary_page.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::vector<std::string> captures;
  std::string format = "table";
  std::vector<std::string> tunnels;
  int jobs = 0;
};

int summary(const Options& options) {
  const auto tunnels = parse_decapsulation(options.tunnels);
  if (!tunnels) return wrong_usage(tunnels.error().sentence);
  if (std::count(options.captures.begin(), options.captures.end(), "-") > 1) return wrong_usage("standard input can be read once only");
  const int jobs = options.jobs > 0 ? options.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Summaries summaries = summarise({options.captures.begin(), options.captures.end()}, *tunnels, jobs);
  const bool nothing_read = summaries.files.size() == 1 && !summaries.files.front().readable;
  if (!nothing_read) {
    const std::string text = options.format == "json" ? summary_json(summaries) : summary_page(summaries);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
      return fail("cannot write the summary to standard output");
    }
  }
  int status = kDone;
  for (const Summary& file : summaries.files) {
    if (!file.readable) status = fail(*file.damage);
    if (file.failed) status = fail("cannot read all of " + file.file + ": " + *file.damage);
  }
  return status;
}

}  // namespace

void add_summary(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("summary", "What is in captures, without a lake");
  command->footer(
      "Formats: pcap, pcapng and ERF, plain or as gz, zst, xz, bz2. Sources are counted by full address.\n"
      "Of a damaged file everything before the damage counts. A file that is no capture, or a disk that\n"
      "fails, makes the exit status 1.\n"
      "Example: nightjar summary --format json darknet.pcap.zst");
  command->add_option("CAPTURE", options->captures, "Capture files, or - for standard input")->required();
  command->add_option("--format", options->format, "table or json")->check(CLI::IsMember({"table", "json"}))->capture_default_str();
  command->add_option("--decapsulate", options->tunnels, "Tunnels to look into: gre, ipip, vxlan, erspan")
      ->delimiter(',')
      ->allow_extra_args(false);  // the next word is a capture
  command->add_option("--jobs", options->jobs, "Captures read at the same time (default: one a core)")->check(CLI::Range(1, 256));
  command->callback([options, &context] { context.run = [options] { return summary(*options); }; });
}

}  // namespace nightjar::cli
