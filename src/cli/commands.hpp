#pragma once
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace nightjar::cli {

/// Exit statuses of every command.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  ///< the world said no: one clear sentence stands on standard error
inline constexpr int kWrongUsage = 2;

/// What all commands share. A command's callback sets `run`; main calls it once the command line is parsed.
struct Context {
  std::string lake = "lake";  ///< --lake, or NIGHTJAR_LAKE
  bool quiet = false;         ///< --quiet: no progress, no remarks
  std::function<int()> run;
};

/// Prints "nightjar: SENTENCE" to standard error, outside bytes escaped, and returns kFailed.
int fail(const std::string& sentence);
/// The same with kWrongUsage.
int wrong_usage(const std::string& sentence);

/// One function a sub-command, each in the file of its name; main.cpp lists them.
void add_summary(CLI::App& app, Context& context);
void add_ingest(CLI::App& app, Context& context);
void add_capture(CLI::App& app, Context& context);
void add_reflector(CLI::App& app, Context& context);
void add_honeypot(CLI::App& app, Context& context);
void add_send(CLI::App& app, Context& context);
void add_watch(CLI::App& app, Context& context);
void add_receive(CLI::App& app, Context& context);
void add_figure(CLI::App& app, Context& context);
void add_figures(CLI::App& app, Context& context);
void add_sql(CLI::App& app, Context& context);
void add_compact(CLI::App& app, Context& context);
void add_simulate(CLI::App& app, Context& context);
void add_payloads(CLI::App& app, Context& context);
void add_detect(CLI::App& app, Context& context);
void add_attacks(CLI::App& app, Context& context);
void add_incidents(CLI::App& app, Context& context);
void add_score(CLI::App& app, Context& context);
void add_evidence(CLI::App& app, Context& context);
void add_hosts(CLI::App& app, Context& context);
void add_init(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_run(CLI::App& app, Context& context);

}  // namespace nightjar::cli
