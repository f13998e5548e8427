#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/hosts_page.hpp"
#include "cli/hosts_query.hpp"
#include "cli/output.hpp"
#include "enrich/geolocation.hpp"
#include "store/lake.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kHighestTop = 10'000;
/// Of IPv6 the upper 64 bits are a host, as everywhere in the lake.
constexpr std::uint8_t kHostLength6 = 64;

struct Options {
  std::string host, from, to, format = "table", output;
  std::size_t top = 10;
};

struct Asked {
  HostQuestion question;
  HostHeading heading;
};

/// An address or a block; IPv6 ones of more than 64 bits become the /64 that they lie in.
Result<Prefix> read_host(const std::string& text) {
  auto prefix = parse_prefix(text);
  if (!prefix) return prefix.error();
  if (prefix->first.version == 6 && prefix->length > kHostLength6) {
    prefix->length = kHostLength6;
    prefix->first.low = 0;
  }
  return prefix;
}

Result<Asked> read(const Options& options) {
  Asked asked;
  auto prefix = read_host(options.host);
  if (!prefix) return prefix.error();
  asked.question.prefix = *prefix;
  for (const auto& [text, day] : {std::pair(&options.from, &asked.question.from_day), std::pair(&options.to, &asked.question.to_day)}) {
    if (text->empty()) continue;
    const auto parsed = parse_day(*text);
    if (!parsed) return parsed.error();
    *day = *parsed;
  }
  if (asked.question.from_day && asked.question.to_day && *asked.question.from_day >= *asked.question.to_day)
    return Error{"--from must be before --to"};
  asked.heading.from = options.from;
  asked.heading.to = options.to;
  if (options.top < 1 || options.top > kHighestTop) return Error{"--top is a number from 1 to " + with_thousands(kHighestTop)};
  asked.question.top = options.top;
  if (options.format == "parquet" && (options.output.empty() || options.output == "-"))
    return Error{"--format parquet writes a file: name it with -o FILE"};
  return asked;
}

/// Loaded when a network is there to be named: it takes a tenth of a second.
std::string as_name(std::uint64_t asn) {
  const auto loaded = Geolocation::load(default_geolocation_files());
  return loaded ? (*loaded)->as_name(static_cast<std::uint32_t>(asn)) : std::string();
}

int rows_of(const std::shared_ptr<const Snapshot>& snapshot, const Options& options, const Asked& asked) {
  auto found = ask_host_rows(snapshot, asked.question);
  if (!found) return fail(found.error().sentence);
  if (asked.heading.modelled) {
    found->columns.emplace_back("modelled");
    for (auto& row : found->rows) row.emplace_back(true);
  }
  if (options.format == "csv") {
    const auto written = write_text(csv_text(found->columns, found->rows), options.output);
    return written ? kDone : fail(written.error().sentence);
  }
  auto session = QuerySession::open(snapshot, {});
  if (!session) return fail(session.error().sentence);
  const auto written = (*session)->write_parquet(select_of(found->columns, found->rows), options.output);
  return written ? kDone : fail(written.error().sentence);
}

int run(const Options& options, const Context& context) {
  auto asked = read(options);
  if (!asked) return wrong_usage(asked.error().sentence);
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  asked->heading.version = (*snapshot)->version().number;
  asked->heading.modelled = std::ranges::any_of((*snapshot)->version().files, [](const LakeFile& file) { return file.modelled; });
  if (options.format == "csv" || options.format == "parquet") return rows_of(*snapshot, options, *asked);
  const auto found = ask_host(*snapshot, asked->question, as_name);
  if (!found) return fail(found.error().sentence);
  const auto written = write_text(
      options.format == "json" ? host_json(asked->heading, asked->question, *found) : host_page(asked->heading, asked->question, *found),
      options.output);
  return written ? kDone : fail(written.error().sentence);
}

}  // namespace

void add_hosts(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("hosts", "Everything known of a source address or a block of them");
  auto options = std::make_shared<Options>();
  command->add_option("HOST", options->host, "Address or prefix, like 203.0.113.9 or 203.0.113.0/24; of IPv6 the /64 is the host")
      ->required();
  command->add_option("--from", options->from, "First UTC day, like 2017-11-01");
  command->add_option("--to", options->to, "UTC day after the last one: the end is not included");
  command->add_option("--top", options->top, "Rows of each list")->capture_default_str();
  command->add_option("--format", options->format, "table, json, or csv and parquet: what it sent by day, sensor, port and class")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->footer("Example:\n  nightjar hosts 203.0.113.9 --from 2017-11-01 --format json");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
