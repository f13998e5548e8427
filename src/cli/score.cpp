#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "cli/score_page.hpp"
#include "incident/incident_files.hpp"
#include "incident/score.hpp"
#include "store/lake.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string truth, rules = "default", format = "table", output;
};

int run(const Options& options, const Context& context) {
  const auto text = read_file(options.truth);
  if (!text) return fail(text.error().sentence);
  const auto truth = incident_truth(*text, options.truth);
  if (!truth) return fail(truth.error().sentence);
  std::error_code ignored;
  if (!std::filesystem::exists(context.lake, ignored))
    return fail("there is no lake at " + context.lake + "; nightjar ingest makes one, --lake names another");
  auto snapshot = Lake(context.lake).snapshot();
  if (!snapshot) return fail(snapshot.error().sentence);
  const auto session = QuerySession::open(*snapshot, {});
  if (!session) return fail(session.error().sentence);
  IncidentQuestion question;
  question.rules = options.rules;
  question.from_ms = truth->from_ms;
  question.to_ms = truth->to_ms;
  const auto incidents = read_incidents(**session, question);
  if (!incidents) return fail(incidents.error().sentence);
  const Score score = score_incidents(*truth, *incidents);
  const auto page = options.format == "json" ? score_json(*truth, *incidents, score) : score_page(*truth, *incidents, score);
  const auto written = write_text(page, options.output);
  return written ? kDone : fail(written.error().sentence);
}

}  // namespace

void add_score(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("score", "Holds the incidents that were found against the truth of modelled traffic");
  auto options = std::make_shared<Options>();
  command->add_option("TRUTH", options->truth, "The file that nightjar simulate --truth wrote")->required();
  command->add_option("--rules", options->rules, "The rules by which the incidents were found")->capture_default_str();
  command->add_option("--format", options->format, "table or json")->check(CLI::IsMember({"table", "json"}))->capture_default_str();
  command->add_option("-o,--output", options->output, "File to write instead of standard output");
  command->footer(
      "docs/model.md (Scoring) tells when an incident counts as found.\n"
      "Example: nightjar simulate one-of-each --out modelled --truth truth.json &&\n"
      "         nightjar ingest modelled && nightjar detect && nightjar score truth.json");
  command->callback([options, &context] { context.run = [options, &context] { return run(*options, context); }; });
}

}  // namespace nightjar::cli
