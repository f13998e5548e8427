#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulate/conversation.hpp"

namespace nightjar::simulate {

/// Where a visit takes place.
struct VisitPlace {
  std::uint32_t pot;
  std::uint16_t port;
  std::string_view malware_host;
};

/// How a connection ends.
enum class Ending : std::uint8_t { visitor_closes, pot_closes, visitor_resets, pot_resets, silence };

/// What one side says before the other may answer.
struct Turn {
  bool visitor;
  std::string bytes;
  double think_s = 0;  ///< mean time until the side says it, besides the way; 0: at once
};

/// The words of one connection.
struct Dialogue {
  std::vector<Turn> turns;
  Ending ending = Ending::visitor_closes;
  double pause_s = 0;        ///< after the end of the one before
  bool from_loader = false;  ///< the malware host comes, not the visitor

  void visitor(std::string bytes, double think_s = 0.001) { turns.push_back({true, std::move(bytes), think_s}); }
  void pot(std::string bytes, double think_s = 0.003) { turns.push_back({false, std::move(bytes), think_s}); }
};

/// The words of a visit, drawn before there are packets, and what to find in them.
struct VisitPlan {
  std::vector<Dialogue> dialogues;  ///< at least one
  std::vector<VisitTold::Login> logins;
  std::vector<std::string> commands, urls;
};

/// Writes the words of a visit into an empty plan.
using Planner = void(const VisitPlace& place, Random& random, VisitPlan& plan);
Planner plan_mirai, plan_okiru, plan_hajime_telnet;                         // conversation_telnet.cpp
Planner plan_realtek, plan_huawei, plan_tr064;                              // conversation_soap.cpp
Planner plan_goahead, plan_hajime_goahead, plan_crawler, plan_proxy_check;  // conversation_web.cpp
Planner plan_adb, plan_ssh, plan_smb;                                       // conversation_binary.cpp

}  // namespace nightjar::simulate
