#include <CLI/CLI.hpp>
#include <cstdio>

#include "base/text.hpp"
#include "cli/commands.hpp"

namespace nightjar::cli {

int fail(const std::string& sentence) {
  std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str());
  return kFailed;
}

int wrong_usage(const std::string& sentence) {
  fail(sentence);
  return kWrongUsage;
}

}  // namespace nightjar::cli

int main(int argc, char** argv) {
  using namespace nightjar::cli;
  CLI::App app{
      "Nightjar: a network telescope and honeypot observatory.\nIt reads captures of unused addresses into a lake of Parquet files and "
      "answers what came."};
  app.name("nightjar");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "nightjar 0.1.0");
  app.footer("Every command has --help with an example.");
  Context context;
  app.add_option("--lake", context.lake, "Folder of the lake")->envname("NIGHTJAR_LAKE")->capture_default_str();
  app.add_flag("--quiet", context.quiet, "No progress and no remarks");
  add_summary(app, context);
  add_ingest(app, context);
  add_capture(app, context);
  add_reflector(app, context);
  add_honeypot(app, context);
  add_send(app, context);
  add_watch(app, context);
  add_receive(app, context);
  add_figure(app, context);
  add_figures(app, context);
  add_payloads(app, context);
  add_detect(app, context);
  add_attacks(app, context);
  add_incidents(app, context);
  add_score(app, context);
  add_evidence(app, context);
  add_hosts(app, context);
  add_sql(app, context);
  add_compact(app, context);
  add_simulate(app, context);
  add_init(app, context);
  add_doctor(app, context);
  add_run(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kWrongUsage;
  }
  return context.run ? context.run() : kWrongUsage;
}
