#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/commands.hpp"
#include "cli/day_span.hpp"
#include "cli/incident_page.hpp"
#include "cli/incidents_page.hpp"
#include "cli/output.hpp"
#include "incident/incident_files.hpp"
#include "incident/queries.hpp"
#include "store/derived_rows.hpp"
#include "store/lake.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kLeastDigits = 4, kDigits = 16, kColumns = 80;
constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
constexpr std::uint64_t kHighestPort = 65'535;

struct Options {
  std::string id, from, to, kind, country, rules = "default", sort = "onset", lang = "en", format = "table", output;
  std::uint64_t port = 0;
  bool queries = false;

  Language language() const { return lang == "ja" ? Language::ja : Language::en; }
};

struct Asked {
  IncidentQuestion question;
  IncidentHeading heading;
};

std::string lower_hex(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// What the command line says wrongly, whatever the lake holds.
Result<Asked> read(const Options& options) {
  Asked asked;
  const auto add_filter = [&](const std::string& name, const std::string& value) { asked.heading.filters.push_back(name + " " + value); };
  asked.question.rules = asked.heading.rules = options.rules;
  const auto span = read_day_span(options.from, options.to);
  if (!span) return span.error();
  if (span->from_day) asked.question.from_ms = *span->from_day * kMsPerDay;
  if (span->to_day) asked.question.to_ms = *span->to_day * kMsPerDay;
  asked.heading.from = options.from;
  asked.heading.to = options.to;
  asked.question.kind = options.kind;
  if (!options.kind.empty()) add_filter("kind", options.kind);
  if (options.port > 0) {
    asked.question.port = static_cast<std::uint16_t>(options.port);
    add_filter("port", std::to_string(options.port));
  }
  for (const char c : options.country) asked.question.country += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const std::string& country = asked.question.country;
  if (!country.empty() && (country.size() != 2 || !std::ranges::all_of(country, [](char c) { return c >= 'A' && c <= 'Z'; })))
    return Error{"--country wants the two letters of ISO 3166, like JP"};
  if (!country.empty()) add_filter("country", country);
  if (!options.id.empty()) {
    asked.question.id = lower_hex(options.id);
    if (asked.question.id.find_first_not_of("0123456789abcdef") != std::string::npos || asked.question.id.size() < kLeastDigits ||
        asked.question.id.size() > kDigits)
      return Error{"\"" + options.id + "\" is no number of an incident: give its 16 hexadecimal digits, or the first 4 at least"};
  }
  if (options.queries && options.id.empty()) return Error{"--queries wants the number of an incident: nightjar incidents ID --queries"};
  if (options.queries && options.format != "table") return Error{"--queries prints text; JSON has them in any case, as queries"};
  if (options.format == "parquet" && (options.output.empty() || options.output == "-"))
    return Error{"--format parquet writes a file: name it with -o FILE"};
  return asked;
}

/// Why there is nothing to show, and what to do.
std::string nothing_found(const LakeVersion& version, const IncidentHeading& heading) {
  std::set<std::string, std::less<>> others;
  bool judged = false;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::incidents) continue;
    judged = judged || made_by(file) == heading.rules;
    others.emplace(made_by(file));
  }
  if (judged) {
    const bool narrowed = !heading.filters.empty() || !heading.from.empty() || !heading.to.empty();
    return narrowed ? "no incidents like this: drop a condition, or judge more days with nightjar detect"
                    : "no incidents in the days that were judged; nightjar detect judges what came since";
  }
  std::string sentence = "nothing was judged by the rules \"" + heading.rules + "\" yet: run nightjar detect";
  std::string names;
  for (const std::string& name : others) names += (names.empty() ? "\"" : ", \"") + name + "\"";
  if (!names.empty()) sentence += ", or choose with --rules what there is: " + names;
  return sentence;
}

/// Larger first: hosts of the peak day, or the level where no hosts are counted; then packets.
void sort_by_size(std::vector<Incident>& incidents) {
  const auto size = [](const Incident& incident) {
    const double hosts = incident.metric == Metric::hosts ? incident.observed : static_cast<double>(incident.hosts);
    return std::pair(hosts, static_cast<double>(incident.packets));
  };
  std::ranges::stable_sort(incidents, [&](const Incident& a, const Incident& b) { return size(a) > size(b); });
}

Result<void> write_rows(QuerySession& session, const Options& options, const IncidentHeading& heading,
                        const std::vector<Incident>& incidents) {
  std::vector<std::vector<Value>> rows;
  for (const Incident& incident : incidents) rows.push_back(incident_values(incident, heading.modelled, options.language()));
  const auto names = incident_columns(heading.modelled);
  if (options.format == "parquet") return session.write_parquet(select_of(names, rows), options.output);
  return write_text(csv_text(names, rows), options.output);
}

int show(QuerySession& session, const Options& options, const Asked& asked, const std::vector<Incident>& incidents,
         const Context& context) {
  Result<void> written;
  if (options.queries) {
    const std::string text = queries_text(incidents.front(), kColumns);
    if (text.empty()) return fail("what its numbers were counted over is not known: nightjar detect of this version has to judge it anew");
    written = write_text(text, options.output);
  } else if (options.format == "json") {
    written = write_text(incident_list_json(incidents, asked.heading), options.output);
  } else if (options.format == "table") {
    written = write_text(options.id.empty() ? incident_list_page(incidents, asked.heading, options.language())
                                            : incident_page(incidents.front(), options.language()),
                         options.output);
  } else {
    written = write_rows(session, options, asked.heading, incidents);
    // Readers of rows alone learn it here.
    if (!context.quiet)
      for (const std::string& remark : asked.heading.remarks) std::fprintf(stderr, "%s\n", escape_for_terminal(remark).c_str());
  }
  return written ? kDone : fail(written.error().sentence);
}

/// The one that is meant by its first digits.
Result<void> check_one(const std::vector<Incident>& incidents, const Asked& asked) {
  if (incidents.size() == 1) return {};
  if (incidents.empty())
    return Error{"there is no incident " + asked.question.id + " by the rules \"" + asked.question.rules +
                 "\"; nightjar incidents lists them, nightjar detect looks for them"};
  constexpr std::size_t most = 5;
  std::string ids;
  for (std::size_t i = 0; i < std::min(incidents.size(), most); ++i) ids += (i == 0 ? "" : ", ") + incidents[i].id;
  return Error{"several incidents begin with " + asked.question.id + ": " + ids + (incidents.size() > most ? ", ..." : "")};
}

int run(const Options& options, const Context& context) {
  auto asked = read(options);
  if (!asked) return wrong_usage(asked.error().sentence);
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  auto session = QuerySession::open(*snapshot, {});
  if (!session) return fail(session.error().sentence);
  auto incidents = read_incidents(**session, asked->question);
  if (!incidents) return fail(incidents.error().sentence);
  const LakeVersion& version = (*snapshot)->version();
  asked->heading.version = version.number;
  asked->heading.modelled =
      std::ranges::any_of(*incidents, &Incident::modelled) ||
      std::ranges::any_of(version.files, [](const LakeFile& file) { return file.modelled && file.table == Table::incidents; });
  if (asked->heading.modelled && !options.id.empty())
    for (Incident& one : *incidents) one.modelled = true;
  if (!options.id.empty()) {
    if (auto one = check_one(*incidents, *asked); !one) return fail(one.error().sentence);
  } else if (incidents->empty()) {
    asked->heading.remarks.push_back(nothing_found(version, asked->heading));
  }
  if (options.sort == "size") sort_by_size(*incidents);
  return show(**session, options, *asked, *incidents, context);
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kIncidentKinds; ++i) names.emplace_back(name_of(static_cast<IncidentKind>(i)));
  return names;
}

}  // namespace

void add_incidents(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("incidents", "What happened and why: incidents that nightjar detect found, a list or one in full");
  auto options = std::make_shared<Options>();
  command->add_option("id", options->id, "Number of an incident, or its first digits (4 at least): tells the whole of it");
  command->add_option("--from", options->from, "First UTC day that they touch, like 2017-11-01");
  command->add_option("--to", options->to, "UTC day after the last one: the end is not included");
  command->add_option("--kind", options->kind, "Only of this kind, like host-spike")->check(CLI::IsMember(kind_names()));
  command->add_option("--port", options->port, "Only on this destination port")->check(CLI::Range(std::uint64_t{1}, kHighestPort));
  command->add_option("--country", options->country, "Only those that one country carries, like JP");
  command->add_option("--rules", options->rules, "Name of the rules that judged, as nightjar detect printed it")->capture_default_str();
  command->add_option("--sort", options->sort, "Order: onset, or size (hosts at the peak, then packets)")
      ->check(CLI::IsMember({"onset", "size"}))
      ->capture_default_str();
  command->add_option("--lang", options->lang, "Language of the words: en or ja")
      ->check(CLI::IsMember({"en", "ja"}))
      ->capture_default_str();
  command->add_option("--format", options->format, "table, csv, json or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  command->add_flag("--queries", options->queries, "Of one: the SQL behind each of its numbers, as commands to be run");
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->footer(
      "Examples:\n  nightjar incidents --from 2017-11-01 --country JP\n  nightjar incidents --kind host-spike --sort size --format json\n"
      "  nightjar incidents 0011223344556677 --lang ja\n  nightjar incidents 0011 --queries\nIncidents are looked for by nightjar detect; "
      "nightjar evidence ID cuts their "
      "packets "
      "out.");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
