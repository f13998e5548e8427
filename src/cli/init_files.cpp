#include "cli/init_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "service/settings.hpp"

namespace nightjar::cli {
namespace {

constexpr std::uint16_t kSsh = 22;

/// A text as TOML writes it. What init is told holds no control characters (checked where it is told).
std::string quoted(const std::string& text) {
  std::string all = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') all += '\\';
    all += letter;
  }
  return all + "\"";
}

std::string list_of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + quoted(text);
  return "[" + all + "]";
}

using Values = std::map<std::string, std::string>;  ///< by key, as TOML

/// A table in use: the keys that have a value here, the others commented out with their defaults.
std::string table(const SettingSection& section, const Values& values) {
  std::string text =
      fmt::format("\n# {}\n{}\n", section.sentence, section.many ? fmt::format("[[{}]]", section.name) : fmt::format("[{}]", section.name));
  for (const Setting& setting : setting_table()) {
    if (setting.section != section.name) continue;
    const auto given = values.find(std::string(setting.key));
    if (given != values.end()) {
      text += fmt::format("# {}\n{} = {}\n", setting.sentence, setting.key, given->second);
      continue;
    }
    const bool word = setting.type == Setting::Type::text || setting.type == Setting::Type::path;
    const std::string usual = setting.type == Setting::Type::texts ? "[]" : std::string(setting.usual);
    text += fmt::format("# {}\n# {} = {}\n", setting.sentence, setting.key, word ? quoted(usual) : usual);
  }
  return text;
}

/// One that is not in use: all of it, commented out.
std::string table_left_out(const SettingSection& section) {
  const std::string whole = table(section, {});
  std::string text = "\n";
  for (std::size_t at = 1; at < whole.size();) {
    const std::size_t end = whole.find('\n', at) + 1;
    text += (whole[at] == '#' ? "" : "# ") + whole.substr(at, end - at);
    at = end;
  }
  return text;
}

struct SensorPart {
  std::string name, kind, filter;
};

/// A sensor has one kind: where conversations and datagrams are both answered, they are two.
std::vector<SensorPart> sensors_of(const InitAnswers& answers) {
  if (!answers.honeypot.empty() && answers.reflector)
    return {{answers.sensor + "-tcp", "honeypot", "not udp"}, {answers.sensor + "-udp", "reflector", "udp"}};
  return {{answers.sensor, !answers.honeypot.empty() ? "honeypot" : answers.reflector ? "reflector" : "darknet", ""}};
}

std::string toml(const InitAnswers& answers, const FirewallPlan& plan) {
  const auto place = [&](const char* name) { return quoted(answers.data == answers.folder ? name : (answers.data / name).string()); };
  std::string text =
      "# Written by `nightjar init`. What is commented out stands at its default.\n"
      "# `nightjar doctor --config` with this file says whether it fits this machine.\n";
  Values run{{"lake", place("lake")}, {"state", place("state")}};
  if (!answers.user.empty()) run["user"] = quoted(answers.user);
  std::vector<std::string> prefixes;
  for (const Prefix& prefix : answers.prefixes) prefixes.push_back(format(prefix));
  for (const SettingSection& section : setting_sections()) {
    if (section.name == "run") {
      text += table(section, run);
    } else if (section.name == "capture") {
      for (const SensorPart& part : sensors_of(answers)) {
        Values values{{"interface", quoted(answers.interface)}, {"sensor", quoted(part.name)}, {"segments", place("segments")}};
        if (!part.filter.empty()) values["filter"] = quoted(part.filter);
        text += table(section, values);
      }
    } else if (section.name == "honeypot" && !answers.honeypot.empty()) {
      std::vector<std::string> options;
      for (const std::string& prefix : prefixes) options.insert(options.end(), {"--" + answers.honeypot, prefix});
      if (answers.honeypot == "wide") options.insert(options.end(), {"--interface", answers.interface});
      for (const std::uint16_t port : plan.ports_left_out) options.insert(options.end(), {"--leave-out", std::to_string(port)});
      text += table(section, {{"options", list_of(options)}});
    } else if (section.name == "reflector" && answers.reflector) {
      Values values{{"own", list_of(prefixes)}};
      if (!answers.contact.empty()) values.insert({{"contact", quoted(answers.contact)}, {"mode", "[\"all=emulated\"]"}});
      text += table(section, values);
    } else {
      text += table_left_out(section);
    }
  }
  text += "\n# The sensors, and the addresses that are theirs (docs/operations.md).\n";
  for (const SensorPart& part : sensors_of(answers))
    text += fmt::format("[[sensor]]\nname = {}\nkind = {}\nprefixes = {}\n", quoted(part.name), quoted(part.kind), list_of(prefixes));
  return text;
}

Result<FirewallPlan> plan_of(const InitAnswers& answers, const InitMachine& machine) {
  FirewallPlan plan;
  plan.ports_left_out.clear();
  plan.synack_retries = machine.synack_retries;
  if (answers.honeypot.empty() && !answers.reflector) return plan;
  const PotWay way = answers.honeypot == "transparent" ? PotWay::transparent
                     : answers.honeypot == "redirect"  ? PotWay::redirect
                     : answers.honeypot == "wide"      ? PotWay::wide
                                                       : PotWay::listen;
  for (const Prefix& prefix : answers.prefixes) {
    PotNet net{prefix, way};
    for (const NetInterface& interface : machine.interfaces) {
      for (const Address& address : interface.addresses) {
        if (interface.loopback || !prefix.contains(address)) continue;
        if (prefix.size() != 1)
          return Error{format(prefix) + " holds " + format(address) +
                       ", an address of this machine itself: name smaller blocks without it, and " + format(address) +
                       " alone if that one is to answer too"};
        net.shared = true;
      }
    }
    if (net.shared && way == PotWay::wide)
      return Error{"--honeypot wide would make " + format(prefix) + " unreachable, an address of this machine itself; use transparent"};
    if (net.shared) {
      // Without that of his SSH the operator would lock himself out.
      plan.ports_left_out = machine.listening;
      plan.ports_left_out.push_back(kSsh);
    }
    plan.nets.push_back(net);
  }
  std::sort(plan.ports_left_out.begin(), plan.ports_left_out.end());
  plan.ports_left_out.erase(std::unique(plan.ports_left_out.begin(), plan.ports_left_out.end()), plan.ports_left_out.end());
  return plan;
}

std::string script(const std::string& head, const std::vector<std::string>& lines) {
  std::string text = "#!/bin/sh\n" + head + "set -e\n";
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

Result<std::vector<InitFile>> init_files(const InitAnswers& answers, const InitMachine& machine) {
  const auto plan = plan_of(answers, machine);
  if (!plan) return plan.error();
  std::vector<InitFile> files{{answers.folder / "nightjar.toml", toml(answers, *plan), "what runs, and where its data lie", false}};
  const FirewallRules rules = firewall_rules(*plan);
  if (rules.nftables.empty()) return files;
  std::vector<std::string> up{"nft -f - <<'END'\n" + rules.nftables + "END"}, down;
  up.insert(up.end(), rules.commands.begin(), rules.commands.end());
  // Each is tried, whatever became of the one before: half of them may be gone already.
  for (const std::string& line : rules.undo) down.push_back(line + " || true");
  const std::string down_name = (answers.folder / "firewall-down.sh").string();
  files.push_back(
      {answers.folder / "firewall-up.sh",
       script("# What the kernel must be told before the honeypots answer. Written by `nightjar init`; run it as root, as often as you\n# "
              "like. It is gone after a restart of the machine, or with " +
                  down_name + ".\n",
              up),
       "rules and routes they need", true});
  files.push_back({answers.folder / "firewall-down.sh",
                   script("# Takes back what firewall-up.sh has done. Written by `nightjar init`.\n", down), "takes those back", true});
  return files;
}

}  // namespace nightjar::cli
