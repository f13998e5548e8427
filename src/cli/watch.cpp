#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "live/child_process.hpp"
#include "live/folder_watch.hpp"
#include "schema/rows.hpp"
#include "sensor/sensors.hpp"

namespace nightjar::cli {
namespace {

using std::chrono::steady_clock;

struct Options {
  std::string folder, sensor, kind, config;
  std::int64_t settle = 10;
};

/// Files of one call of ingest: names of 200 fit into a command line whatever they are.
constexpr std::size_t kFilesACall = 200;
constexpr std::chrono::milliseconds kNap{100};
constexpr std::chrono::seconds kMostBetween{5};

std::atomic<bool> stopping{false};
void on_stop(int) { stopping = true; }

void say(const std::string& sentence) { std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(sentence).c_str()); }

/// Takes captures into the lake: nightjar ingest as a process of its own, which is asked to end with this one.
class Taker {
 public:
  Taker(std::vector<std::string> ingest, FolderWatch& watch) : ingest_(std::move(ingest)), watch_(watch) {}

  /// All at once, and where that fails one by one: one that cannot be taken does not hold up the others.
  void take(const std::vector<std::filesystem::path>& files) {
    if (run(files)) return note(files, true);
    if (files.size() == 1) return note(files, false);
    for (const std::filesystem::path& file : files) {
      if (stopping) return;
      note({file}, run({file}));
    }
  }
  std::uint64_t taken() const { return taken_; }
  std::uint64_t failed() const { return failed_; }

 private:
  bool run(const std::vector<std::filesystem::path>& files) const {
    std::vector<std::string> words = ingest_;
    for (const std::filesystem::path& file : files) words.push_back(file.string());
    auto child = ChildProcess::start(words, 0);
    if (!child) {
      say(child.error().sentence);
      return false;
    }
    return child->wait().ok();
  }
  void note(const std::vector<std::filesystem::path>& files, bool good) {
    for (const std::filesystem::path& file : files) {
      if (good)
        watch_.taken(file);
      else
        watch_.failed(file, steady_clock::now());
    }
    (good ? taken_ : failed_) += files.size();
  }

  std::vector<std::string> ingest_;
  FolderWatch& watch_;
  std::uint64_t taken_ = 0, failed_ = 0;
};

Result<std::vector<std::string>> ingest_of(const Options& options, const Context& context) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return Error{"cannot find out where this program lies: " + error.message()};
  std::vector<std::string> words = {program.string(), "ingest", "--quiet", "--lake", context.lake};
  if (!options.sensor.empty()) words.insert(words.end(), {"--sensor", options.sensor});
  if (!options.kind.empty()) words.insert(words.end(), {"--kind", options.kind});
  if (!options.config.empty()) words.insert(words.end(), {"--config", options.config});
  words.emplace_back("--");
  return words;
}

int watch(const Options& options, const Context& context) {
  if (!options.sensor.empty())
    if (auto name = check_sensor_name(options.sensor); !name) return wrong_usage("--sensor: " + name.error().sentence);
  if (!options.config.empty())
    if (auto config = read_sensor_config(options.config); !config) return fail(config.error().sentence);
  std::error_code error;
  if (!std::filesystem::is_directory(options.folder, error))
    return fail(options.folder + " is no folder: name one into which captures are dropped");
  auto ingest = ingest_of(options, context);
  if (!ingest) return fail(ingest.error().sentence);
  std::signal(SIGINT, on_stop);
  std::signal(SIGTERM, on_stop);
  FolderWatch folder({options.folder, std::chrono::seconds(options.settle)}, say);
  Taker taker(*std::move(ingest), folder);
  if (!context.quiet) say("captures that come to " + options.folder + " go into " + context.lake + "; Ctrl-C ends it");
  const auto between = std::min<steady_clock::duration>(std::chrono::seconds(options.settle), kMostBetween);
  std::string said;
  while (!stopping) {
    auto complete = folder.complete(steady_clock::now(), kFilesACall);
    const std::string trouble = complete ? std::string() : complete.error().sentence;
    if (std::exchange(said, trouble) != trouble)
      say(trouble.empty() ? options.folder + " is there again" : trouble + "; it is tried again");
    if (complete && !complete->empty()) {
      taker.take(*complete);
      continue;
    }
    for (const auto until = steady_clock::now() + between; !stopping && steady_clock::now() < until;) std::this_thread::sleep_for(kNap);
  }
  if (!context.quiet) fmt::print("captures taken: {}, not taken: {}\n", with_thousands(taker.taken()), with_thousands(taker.failed()));
  return kDone;
}

}  // namespace

void add_watch(CLI::App& app, Context& context) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("watch", "take captures into the lake as they come to a folder");
  command->add_option("FOLDER", options->folder, "folder into which others drop captures; the folders in it belong to it")->required();
  command->add_option("--sensor", options->sensor, "sensor that all its captures belong to; left out, nightjar.toml says which");
  command->add_option("--kind", options->kind, "darknet, honeypot or reflector")
      ->check(CLI::IsMember(std::vector<std::string>(kSensorKindNames.begin(), kSensorKindNames.end())));
  command->add_option("--config", options->config, "nightjar.toml with the sensors");
  command->add_option("--settle-seconds", options->settle, "a file is complete when it did not change for so many seconds")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  command->footer(
      "Example: nightjar watch /srv/incoming --config nightjar.toml\n"
      "Names that begin with '.' or end in .part, .partial or .tmp are not complete yet.\n");
  command->callback([options, &context] { context.run = [options, &context] { return watch(*options, context); }; });
}

}  // namespace nightjar::cli
