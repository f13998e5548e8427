#include "service/child_plan.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "base/time.hpp"

namespace nightjar {
namespace {

using Stage = ChildPlan::Stage;

/// The commands that are started, and whether each gives up root's rights itself, after it opened what only root may open.
struct Command {
  std::string_view name;
  Stage stage;
  bool takes_user;
};
constexpr std::array kCommands = {
    Command{"reflector", Stage::door, true}, Command{"honeypot", Stage::door, true}, Command{"capture", Stage::capture, true},
    Command{"send", Stage::door, false},     Command{"receive", Stage::door, false}, Command{"watch", Stage::door, false},
    Command{"detect", Stage::door, false},   Command{"compact", Stage::door, false},
};

std::string option_of(std::string_view key) {
  std::string option = "--" + std::string(key);
  std::replace(option.begin(), option.end(), '_', '-');
  return option;
}

class Planner {
 public:
  Planner(const Settings& settings, const RunFolders& folders, const std::string& program)
      : settings_(settings), folders_(folders), program_(program), user_(settings.run.text("user")) {}

  Result<std::vector<ChildPlan>> all() {
    if (settings_.reflector) add(reflector(*settings_.reflector));
    if (settings_.honeypot) add(honeypot(*settings_.honeypot));
    for (const SectionValues& values : settings_.captures) add(capture(values));
    for (const SectionValues& values : settings_.sends) add(send(values));
    if (settings_.receive) add(receive(*settings_.receive));
    for (const SectionValues& values : settings_.watches) add(watch(values));
    add_chore("detect", "detect_minutes");
    add_chore("compact", "compact_minutes");
    std::map<std::string, int> names;
    for (const ChildPlan& plan : plans_) {
      if (++names[plan.name] == 2)
        return Error{settings_.file.string() + ": '" + plan.name + "' is there twice; one of them is enough, or needs a name of its own"};
    }
    return std::move(plans_);
  }

 private:
  ChildPlan begin(std::string_view command, const std::string& what) const {
    const auto row = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& each) { return each.name == command; });
    ChildPlan plan;
    plan.name = std::string(command) + (what.empty() ? "" : " " + what);
    plan.stage = row->stage;
    plan.words = {program_, "--quiet", "--lake", folders_.lake.string(), std::string(command)};
    if (user_.empty()) return plan;
    if (row->takes_user)
      plan.words.insert(plan.words.end(), {"--user", user_});
    else
      plan.user = user_;
    return plan;
  }
  void add(ChildPlan plan) { plans_.push_back(std::move(plan)); }

  /// Only what was given: the rest are the command's own defaults, which are the same.
  static void add_options(ChildPlan& plan, const SectionValues& values, std::initializer_list<std::string_view> but) {
    for (const SectionValues::Given& given : values.given()) {
      if (std::find(but.begin(), but.end(), given.setting->key) != but.end()) continue;
      for (const std::string& value : given.values) {
        // Joined, because a value may begin with a dash.
        if (!value.empty()) plan.words.push_back(option_of(given.setting->key) + "=" + value);
      }
    }
  }

  ChildPlan capture(const SectionValues& values) const {
    const std::string interface = values.text("interface");
    const std::string sensor = values.text("sensor").empty() ? interface : values.text("sensor");
    ChildPlan plan = begin("capture", sensor);
    plan.words.insert(plan.words.end(), {"--config", settings_.file.string(), "--segments", settings_.path(values, "segments")});
    add_options(plan, values, {"filter", "segments"});
    if (const std::string filter = values.text("filter"); !filter.empty()) plan.words.insert(plan.words.end(), {"--", filter});
    return plan;
  }

  ChildPlan send(const SectionValues& values) const {
    ChildPlan plan = begin("send", values.text("sensor"));
    plan.words.insert(plan.words.end(), {"--segments", settings_.path(values, "segments")});
    add_options(plan, values, {"segments"});
    return plan;
  }

  ChildPlan receive(const SectionValues& values) const {
    ChildPlan plan = begin("receive", "");
    plan.words.insert(plan.words.end(), {"--config", settings_.file.string(), "--tokens", settings_.path(values, "tokens"), "--folder",
                                         settings_.path(values, "folder")});
    add_options(plan, values, {"tokens", "folder"});
    return plan;
  }

  ChildPlan watch(const SectionValues& values) const {
    ChildPlan plan = begin("watch", values.text("folder"));
    plan.words.insert(plan.words.end(), {"--config", settings_.file.string()});
    add_options(plan, values, {"folder"});
    plan.words.insert(plan.words.end(), {"--", values.text("folder")});
    return plan;
  }

  ChildPlan reflector(const SectionValues& values) const {
    ChildPlan plan = begin("reflector", "");
    plan.words.insert(plan.words.end(), {"--state", (folders_.state / "reflector").string()});
    add_options(plan, values, {"ipv6"});
    if (values.text("ipv6") == "false") plan.words.emplace_back("--no-ipv6");
    return plan;
  }

  ChildPlan honeypot(const SectionValues& values) const {
    ChildPlan plan = begin("honeypot", "");
    const SectionValues::Given* options = values.find("options");
    const bool says_state = options != nullptr && std::any_of(options->values.begin(), options->values.end(), [](const std::string& word) {
                              return word == "--state" || word.starts_with("--state=");
                            });
    if (!says_state) plan.words.insert(plan.words.end(), {"--state", (folders_.state / "honeypot").string()});
    if (options != nullptr) plan.words.insert(plan.words.end(), options->values.begin(), options->values.end());
    return plan;
  }

  void add_chore(const std::string& command, std::string_view key) {
    const std::int64_t minutes = settings_.run.number(key);
    if (minutes == 0) return;
    ChildPlan plan = begin(command, "");
    plan.every_seconds = minutes * kSecondsPerMinute;
    plan.words.insert(plan.words.end(), {"--jobs", "1"});
    add(std::move(plan));
  }

  const Settings& settings_;
  const RunFolders& folders_;
  const std::string& program_;
  std::string user_;
  std::vector<ChildPlan> plans_;
};

}  // namespace

RunFolders run_folders(const Settings& settings) { return {settings.path(settings.run, "lake"), settings.path(settings.run, "state")}; }

Result<std::vector<ChildPlan>> plan_children(const Settings& settings, const RunFolders& folders, const std::string& program) {
  return Planner(settings, folders, program).all();
}

}  // namespace nightjar
