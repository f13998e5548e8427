#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/attacks_page.hpp"
#include "cli/attacks_query.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "detect/attack_definition.hpp"
#include "detect/victim_definition.hpp"
#include "store/lake.hpp"

namespace nightjar::cli {
namespace {

constexpr std::size_t kHighestTop = 100'000;
constexpr std::size_t kLeastDigits = 4, kDigits = 16;

struct Options {
  std::string id, definition = "amppot", from, to, where, format = "table", output;
  std::size_t top = 20;
  bool parts = false;
};

struct Asked {
  AttackQuestion question;
  AttackHeading heading;
};

/// As a definition calls itself.
Result<std::string> name_of_definition(const std::string& text) {
  if (names_victims(text)) {
    auto definition = victim_definition(text);
    if (!definition) return definition.error();
    return definition->name;
  }
  auto definition = attack_definition(text);
  if (!definition) return definition.error();
  return definition->name;
}

/// What the command line says wrongly, whatever the lake holds.
Result<Asked> read(const Options& options) {
  Asked asked;
  auto definition = name_of_definition(options.definition);
  if (!definition) return Error{"--definition: " + definition.error().sentence};
  asked.question.definition = asked.heading.definition = *std::move(definition);
  auto filter = parse_filter(options.where);
  if (const auto* error = std::get_if<FilterError>(&filter)) return Error{"--where: " + error->sentence};
  asked.question.filter = std::get<FilterExpression>(std::move(filter));
  asked.heading.filter = to_text(asked.question.filter);
  for (const auto& [text, day] : {std::pair(&options.from, &asked.question.from_day), std::pair(&options.to, &asked.question.to_day)}) {
    if (text->empty()) continue;
    const auto parsed = parse_day(*text);
    if (!parsed) return parsed.error();
    *day = *parsed;
  }
  asked.heading.from = options.from;
  asked.heading.to = options.to;
  if (options.top < 1 || options.top > kHighestTop) return Error{"--top is a number from 1 to " + std::to_string(kHighestTop)};
  asked.question.top = options.top;
  asked.question.parts = options.parts;
  if (options.format == "parquet" && (options.output.empty() || options.output == "-"))
    return Error{"--format parquet writes a file: name it with -o FILE"};
  if (!options.id.empty() && options.format != "table" && options.format != "json") return Error{"one attack is shown as table or json"};
  return asked;
}

/// The id in small letters. An error for what cannot be the beginning of one.
Result<std::string> id_of(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  if (text.find_first_not_of("0123456789abcdef") != std::string::npos || text.size() < kLeastDigits || text.size() > kDigits)
    return Error{"\"" + text + "\" is no number of an attack: give its 16 hexadecimal digits, or the first 4 at least"};
  return text;
}

int list(QuerySession& session, const Options& options, Asked& asked) {
  auto found = ask_attacks(session, asked.question);
  if (!found) return fail(found.error().sentence);
  Result<void> written;
  if (options.format == "table" || options.format == "json") {
    written = write_text(options.format == "json" ? attack_list_json(*found, asked.heading) : attack_list_page(*found, asked.heading),
                         options.output);
  } else {
    std::vector<std::vector<Value>> rows;
    for (const AttackEntry& entry : found->rows) rows.push_back(attack_values(entry, asked.heading.modelled));
    const auto names = attack_columns(asked.heading.modelled);
    written = options.format == "csv" ? write_text(csv_text(names, rows), options.output)
                                      : session.write_parquet(select_of(names, rows), options.output);
    // Readers of rows alone learn it here.
    for (const std::string& remark : found->remarks) std::fprintf(stderr, "%s\n", escape_for_terminal(remark).c_str());
  }
  return written ? kDone : fail(written.error().sentence);
}

int one(QuerySession& session, const Options& options, const Asked& asked, const std::string& id) {
  auto found = ask_attack(session, id);
  if (!found) return fail(found.error().sentence);
  const auto written =
      write_text(options.format == "json" ? attack_json(*found, asked.heading) : attack_page(*found, asked.heading), options.output);
  return written ? kDone : fail(written.error().sentence);
}

int run(const Options& options, const Context& context) {
  auto asked = read(options);
  if (!asked) return wrong_usage(asked.error().sentence);
  std::string id;
  if (!options.id.empty()) {
    auto digits = id_of(options.id);
    if (!digits) return wrong_usage(digits.error().sentence);
    id = *std::move(digits);
  }
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  auto session = QuerySession::open(*snapshot, {});
  if (!session) return fail(session.error().sentence);
  asked->heading.version = (*snapshot)->version().number;
  asked->heading.modelled =
      std::ranges::any_of((*snapshot)->version().files, [](const LakeFile& file) { return file.modelled && file.table == Table::attacks; });
  return id.empty() ? list(**session, options, *asked) : one(**session, options, *asked, id);
}

}  // namespace

void add_attacks(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("attacks", "DRDoS attacks and victims of others that nightjar detect found: a list, or one in full");
  auto options = std::make_shared<Options>();
  command->add_option("id", options->id, "Number of an attack, or its first digits: shows that one with its sensors and its course");
  command
      ->add_option("--definition", options->definition,
                   "The definition by which they were judged; corsaro2, corsaro3: victims by their backscatter")
      ->capture_default_str();
  command->add_option("--from", options->from, "First UTC day in which they begin, like 2017-11-01");
  command->add_option("--to", options->to, "UTC day after the last one: the end is not included");
  command->add_option("--where", options->where,
                      "Filter, like 'country = JP and port = 53'; fields: port, protocol, country, asn, src, sensor, ip_version, service");
  command->add_option("--top", options->top, "Rows, those with the most packets first")->capture_default_str();
  command->add_flag("--parts", options->parts, "Also the attacks that are part of one that is shown");
  command->add_option("--format", options->format, "table, csv, json or parquet")
      ->check(CLI::IsMember({"table", "csv", "json", "parquet"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->footer(
      "Example:\n  nightjar attacks --from 2017-11-01 --where 'country = JP and service = ntp' --top 50\n  nightjar attacks --definition "
      "corsaro2");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
