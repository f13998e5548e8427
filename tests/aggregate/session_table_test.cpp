#include "aggregate/session_table.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kDay = 86'400 * kSecond;

Conversation says(std::int64_t first_ns, std::uint64_t src, std::string client) {
  Conversation conversation;
  conversation.first_ns = first_ns;
  conversation.last_ns = first_ns + kSecond;
  conversation.src = src;
  conversation.ip_version = 4;
  conversation.port = 23;
  conversation.client = std::move(client);
  conversation.bytes = conversation.client.size();
  return conversation;
}

// sha256sum of the three bytes "abc": FIPS 180-4's own example.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(SessionTable, NamesThePayloadByItsSha256) {
  SessionTable table;
  table.add(says(5 * kSecond, 7, "abc"), {"root\tx\t1\n", "ls\n", "tag", "http://192.0.2.1/x", ""});
  const auto rows = table.take();
  ASSERT_EQ(rows.sessions.size(), 1u);
  EXPECT_EQ(rows.sessions[0].payload, kAbc);
  EXPECT_EQ(rows.sessions[0].logins, "root\tx\t1\n");
  EXPECT_EQ(rows.sessions[0].first, 5'000'000);
  EXPECT_EQ(rows.sessions[0].last, 6'000'000);
  ASSERT_EQ(rows.payloads.size(), 1u);
  EXPECT_EQ(rows.payloads[0].sha256, kAbc);
  EXPECT_EQ(rows.payloads[0].bytes, "abc");
  EXPECT_EQ(rows.payloads[0].tags, "tag");
  EXPECT_EQ(rows.payloads[0].port, 23);
}

TEST(SessionTable, OfAClientThatSaidNothingHasNoPayload) {
  SessionTable table;
  table.add(says(0, 7, ""), {});
  const auto rows = table.take();
  EXPECT_EQ(rows.sessions.at(0).payload, "");
  EXPECT_TRUE(rows.payloads.empty());
}

TEST(SessionTable, KeepsAPayloadOnceADayWithWhoSentItFirst) {
  SessionTable table;
  table.add(says(9 * kSecond, 7, "abc"), {});
  table.add(says(4 * kSecond, 8, "abc"), {});
  table.add(says(kDay, 9, "abc"), {});
  const auto rows = table.take();
  EXPECT_EQ(rows.sessions.size(), 3u);
  ASSERT_EQ(rows.payloads.size(), 2u);
  const PayloadRow& first_day = rows.payloads[0].first < rows.payloads[1].first ? rows.payloads[0] : rows.payloads[1];
  EXPECT_EQ(first_day.src, 8u);
  EXPECT_EQ(first_day.first, 4'000'000);
  EXPECT_EQ(first_day.last, 10'000'000);
}

TEST(SessionTable, IsEmptyOnceTaken) {
  SessionTable table;
  table.add(says(0, 7, "abc"), {});
  EXPECT_GT(table.memory_bytes(), 0u);
  table.take();
  EXPECT_TRUE(table.take().sessions.empty());
  table.add(says(0, 7, "abc"), {});
  EXPECT_EQ(table.take().payloads.size(), 1u);
}

}  // namespace
}  // namespace nightjar
