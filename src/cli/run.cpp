#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "machine/privileges.hpp"
#include "sensor/sensors.hpp"
#include "service/child_plan.hpp"
#include "service/supervisor.hpp"

namespace nightjar::cli {
namespace {

struct Options {
  std::string config = "nightjar.toml";
  std::string lake;  ///< --lake, where it was given
};

std::atomic<bool> stopping{false}, reloading{false};
void on_stop(int) { stopping = true; }
void on_reload(int) { reloading = true; }

constexpr useconds_t kLookUs = 100'000;

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

/// What the file says, once all rooms that read it have.
struct Wanted {
  Settings settings;
  RunFolders folders;
  std::vector<ChildPlan> plans;
};

Result<Wanted> read_wanted(const Options& options) {
  // Complete: what is started may be started from another folder.
  std::error_code error;
  const std::filesystem::path file = std::filesystem::absolute(options.config, error).lexically_normal();
  auto settings = read_settings(file);
  if (!settings) return settings.error();
  if (const auto sensors = read_sensor_config(file); !sensors) return sensors.error();
  Wanted wanted{std::move(*settings), {}, {}};
  wanted.folders = run_folders(wanted.settings);
  if (!options.lake.empty()) wanted.folders.lake = std::filesystem::absolute(options.lake, error).lexically_normal();
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return errno_error("cannot find out where this program lies", error.value());
  auto plans = plan_children(wanted.settings, wanted.folders, program.string());
  if (!plans) return plans.error();
  wanted.plans = std::move(*plans);
  return wanted;
}

Result<FileLock> lock_state(const Wanted& wanted) {
  const std::filesystem::path& state = wanted.folders.state;
  if (auto made = as_user(wanted.settings.run.text("user"), [&] { return make_folders(state); }); !made) return made.error();
  auto lock = FileLock::take(state / "run.lock", FileLock::Kind::exclusive, false);
  if (!lock)
    return Error{"another nightjar run works with the state in " + state.string() + "; stop it first, or name another [run] state"};
  return lock;
}

void reload(const Options& options, Wanted& wanted, Supervisor& supervisor) {
  auto fresh = read_wanted(options);
  if (!fresh) {
    say(fresh.error().sentence + "; the settings from before stay");
    return;
  }
  if (fresh->folders.state != wanted.folders.state) {
    say("[run] state cannot change while this runs; the settings from before stay. Start anew to change it");
    return;
  }
  wanted = std::move(*fresh);
  supervisor.change_to(wanted.plans);
  say("settings read again");
}

int run(const Options& options) {
  auto wanted = read_wanted(options);
  if (!wanted) return wrong_usage(wanted.error().sentence);
  const bool something = std::ranges::any_of(wanted->plans, [](const ChildPlan& plan) { return plan.every_seconds == 0; });
  if (!something)
    return wrong_usage(wanted->settings.file.string() + " names nothing to run: it needs [[capture]], [reflector], [honeypot], [[send]], " +
                       "[receive] or [[watch]]; nightjar init writes one");
  const auto lock = lock_state(*wanted);
  if (!lock) return fail(lock.error().sentence);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  std::signal(SIGHUP, on_reload);
  std::signal(SIGPIPE, SIG_IGN);
  Supervisor supervisor(wanted->plans, say);
  say("running by " + wanted->settings.file.string() + ", lake " + wanted->folders.lake.string() + "; Ctrl-C ends it");
  if (const auto* listen = wanted->settings.run.find("listen"); listen != nullptr && !listen->values.front().empty())
    say("[run] listen has no effect in this version: there is no /metrics and no /health yet");
  while (!stopping) {
    supervisor.look_after();
    if (reloading.exchange(false)) reload(options, *wanted, supervisor);
    usleep(kLookUs);
  }
  say("ending");
  supervisor.stop(wanted->settings.run.number("stop_seconds"));
  say("ended");
  return kDone;
}

}  // namespace

void add_run(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "the whole observatory as one service, as nightjar.toml says");
  command->footer(
      "SIGHUP: reads the file again and restarts what changed. Ctrl-C or SIGTERM: ends all in order.\n"
      "docs/run.md has all settings.\n"
      "Example: sudo nightjar run --config /etc/nightjar/nightjar.toml");
  command->add_option("--config", options->config, "nightjar.toml")->capture_default_str();
  const CLI::Option* lake = app.get_option("--lake");
  command->callback([options, lake, &context] {
    if (lake->count() > 0) options->lake = context.lake;
    context.run = [options] { return run(*options); };
  });
}

}  // namespace nightjar::cli
