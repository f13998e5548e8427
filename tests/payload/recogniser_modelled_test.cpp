#include <algorithm>
#include <map>

#include "recogniser_fixture.hpp"
#include "simulate/conversation.hpp"
#include "simulate/conversation_plan.hpp"

// The conversations that `simulate` models: what visitors say, each connection put together.
namespace nightjar::test {
namespace {

using simulate::Conversation;

simulate::VisitPlan plan_of(const Conversation& conversation, std::uint64_t seed) {
  simulate::Random random(seed);
  simulate::VisitPlan plan;
  conversation.plan({0xc6336407, conversation.port, conversation.malware_host}, random, plan);
  return plan;
}
std::string said_in(const simulate::Dialogue& dialogue) {
  std::string said;
  for (const simulate::Turn& turn : dialogue.turns) {
    if (turn.visitor) said += turn.bytes;
  }
  return said;
}

/// Every tag that some connection of some visit gets.
std::set<std::string> tags_of_visits(const Conversation& conversation) {
  std::set<std::string> tags;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const simulate::Dialogue& dialogue : plan_of(conversation, seed).dialogues) {
      for (const std::string& id : tags_of(said_in(dialogue), conversation.port)) tags.insert(id);
    }
  }
  return tags;
}

TEST(ModelledVisits, HaveTheTagsOfWhatTheyModel) {
  const std::map<std::string_view, std::set<std::string>> expected = {
      {"mirai-telnet", {"mirai-telnet", "mirai-loader", "busybox-token", "device-shell-words"}},
      {"okiru-telnet", {"mirai-loader", "busybox-token", "device-shell-words"}},
      {"hajime-telnet", {"busybox-token", "device-shell-words"}},
      {"goahead", {"goahead-system-ini", "goahead-set-ftp", "http-command-injection"}},
      {"hajime-goahead", {"goahead-system-ini", "goahead-set-ftp", "http-command-injection"}},
      {"realtek-soap", {"realtek-miniigd", "soap-command-injection"}},
      {"huawei-soap", {"huawei-hg532", "soap-command-injection"}},
      {"tr064", {"tr064-ntp-server", "tr064-globe-probe", "soap-command-injection"}},
      {"adb", {"adb-connect", "adb-shell"}},
      {"ssh", {}},
      {"smb", {"smb-ms17-010-probe"}},
      {"crawler", {}},
      {"http-proxy-check", {}},
  };
  for (const Conversation& conversation : simulate::conversations()) {
    ASSERT_EQ(expected.count(conversation.name), 1U) << conversation.name << ": what should be found in it?";
    EXPECT_EQ(tags_of_visits(conversation), expected.at(conversation.name)) << conversation.name;
  }
}

TEST(ModelledVisits, HideTheCommandsThatTheyTell) {
  for (const char* name : {"realtek-soap", "huawei-soap", "tr064", "goahead", "hajime-goahead"}) {
    const Conversation* conversation = simulate::find_conversation(name);
    ASSERT_NE(conversation, nullptr);
    const simulate::VisitPlan plan = plan_of(*conversation, 1);
    std::vector<std::string> commands;
    for (const simulate::Dialogue& dialogue : plan.dialogues) {
      for (const Injection& injection : recognised(said_in(dialogue), conversation->port).injections) {
        EXPECT_TRUE(injection.known) << name;
        commands.push_back(injection.command);
      }
    }
    EXPECT_EQ(commands, plan.commands) << name;
  }
}

TEST(ModelledVisits, KeepTheirTagsWithEveryFurtherByte) {
  for (const Conversation& conversation : simulate::conversations()) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      for (const simulate::Dialogue& dialogue : plan_of(conversation, seed).dialogues) growing_tags(said_in(dialogue));
    }
  }
}

}  // namespace
}  // namespace nightjar::test
