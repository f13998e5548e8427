#include "reflector/reflector.hpp"

#include <gtest/gtest.h>

#include "reflector/ask.hpp"
#include "reflector/reflector_fixture.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

TEST_F(ReflectorTest, AnswersARequestAndWritesItDown) {
  const Decision decision = send("104.16.1.1", 123, hex("e30004fa 00010000") + ByteVector(40, 0));
  EXPECT_EQ(decision.silence, Silence::none);
  EXPECT_EQ(decision.request.service, Service::ntp);
  ASSERT_EQ(replies_.size(), 1u);
  EXPECT_EQ(replies_[0].size(), 48u);
  const auto entries = reflector().ledger().take();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(format(entries[0].victim), "104.16.1.1");
  EXPECT_EQ(entries[0].service, Service::ntp);
  EXPECT_EQ(entries[0].attack, decision.attack);
  EXPECT_NE(entries[0].attack, 0u);
  EXPECT_EQ(entries[0].payload_bytes, 48u);
  EXPECT_EQ(entries[0].first_ns, kNow) << "UTC, whatever the monotonic clock says";
}

TEST_F(ReflectorTest, SaysWhyItIsSilent) {
  EXPECT_EQ(send("104.16.1.1", 123, hex("17")).silence, Silence::not_understood);
  EXPECT_EQ(send("104.16.1.1", 123, hex("9700032a 00000000")).silence, Silence::is_answer);
  EXPECT_EQ(send("104.16.1.1", 80, hex("17")).silence, Silence::not_offered);
  EXPECT_EQ(send("104.16.1.1", 8088, kMonlist).silence, Silence::not_understood) << "8088 is STUN's";
  EXPECT_EQ(send("104.16.2.1", 123, hex("1700022a 00000000")).silence, Silence::nothing_to_say);
  EXPECT_EQ(send("10.0.0.1", 123, kMonlist).silence, Silence::reserved_source);
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist, 19).silence, Silence::loop_port);
  EXPECT_EQ(send("104.31.0.1", 123, kMonlist).silence, Silence::own_sensor);
  EXPECT_EQ(send("104.30.0.1", 123, kMonlist).silence, Silence::opted_out);
  EXPECT_EQ(reflector().ledger().totals().packets, 0u);
}

TEST_F(ReflectorTest, IsSilentForADatagramWithABadChecksum) {
  Datagram datagram = this->datagram("104.16.1.1", 123, kMonlist);
  datagram.bad_checksum = true;
  EXPECT_EQ(reflector().handle(datagram, replies_).silence, Silence::bad_checksum);
  EXPECT_EQ(reflector().handle(this->datagram("104.16.1.1", 123, kMonlist), replies_).silence, Silence::none);
}

// Rule 7, from the other end: who sends in our own name, or to all at once, is not answered.
TEST_F(ReflectorTest, AnswersNeitherItselfNorWhatCameToAGroup) {
  EXPECT_EQ(send("198.41.0.4", 123, kMonlist).silence, Silence::own_sensor) << "our own address, though it is on no list";
  for (const std::string_view group : {"239.255.255.250", "224.0.0.251", "255.255.255.255", "ff02::fb"}) {
    const ByteVector search = text_bytes("M-SEARCH\nST:ssdp:all\n");
    Datagram datagram = this->datagram("104.16.1.1", 1900, search);
    datagram.destination = address(group);
    EXPECT_EQ(reflector().handle(datagram, replies_).silence, Silence::to_group) << group;
  }
}

// The default: until an operator names a contact nothing is ever sent.
TEST_F(ReflectorTest, OnlyListensWithoutAContact) {
  ReflectorConfig config = emulating();
  config.contact.clear();
  EXPECT_FALSE(check(config));
  EXPECT_NE(check(config).error().sentence.find("needs a contact"), std::string::npos);
  start(std::move(config));
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist).silence, Silence::listening);
  start({});
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist).silence, Silence::listening);
  ReflectorConfig with_contact;
  with_contact.contact = "noc@example.net";
  EXPECT_TRUE(check(with_contact));
  start(std::move(with_contact));
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist).silence, Silence::listening) << "a contact alone turns nothing on";
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist).request.service, Service::ntp) << "it is recorded all the same";
}

TEST_F(ReflectorTest, RefusesModesThatMeanNothing) {
  ReflectorConfig config = emulating();
  EXPECT_TRUE(check(config));
  config.modes[static_cast<std::size_t>(Service::rdp)] = Mode::emulated;
  EXPECT_EQ(check(config).error().sentence, "the reflector has no service rdp that could answer");
  config = emulating();
  config.persona.host_name = "a b";
  EXPECT_EQ(check(config).error().sentence, "the device's name must be 1 to 15 letters, digits or '-'");
  config = emulating();
  config.budget.reply_bytes = 1'233;
  EXPECT_FALSE(check(config));
}

TEST_F(ReflectorTest, AnswersFromTheOperatorsFileInModeCanned) {
  ReflectorConfig config = emulating();
  config.modes.fill(Mode::listen);
  config.modes[static_cast<std::size_t>(Service::ntp)] = Mode::canned;
  config.modes[static_cast<std::size_t>(Service::dns)] = Mode::canned;
  config.canned = *CannedAnswers::parse(
      "[[answer]]\nservice = \"ntp\"\nrequest = \"17\"\nreply = \"aabb\"\n"
      "[[record]]\nname = \"example.com\"\ntype = \"A\"\naddress = \"104.16.9.9\"\n",
      "answers.toml");
  start(std::move(config));
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist).silence, Silence::none);
  EXPECT_EQ(ByteVector(replies_[0].begin(), replies_[0].end()), hex("aabb"));
  EXPECT_EQ(send("104.16.2.1", 123, hex("1602 0001 0000 0000 0000 0000")).silence, Silence::nothing_to_say);
  EXPECT_EQ(send("104.16.3.1", 53,
                 hex("1234 0100 0001 0000 0000 0000 07") + text_bytes("example") + hex("03") + text_bytes("com") + hex("00 0001 0001"))
                .silence,
            Silence::none);
  EXPECT_EQ(send("104.16.4.1", 1900, text_bytes("M-SEARCH\nST:ssdp:all\n")).silence, Silence::listening);
}

// Rules 2 and 5: every packet of a reply counts.
TEST_F(ReflectorTest, SendsOfAReplyAsManyPacketsAsTheBudgetAllows) {
  const Decision decision = send("104.16.1.1", 1900, text_bytes("M-SEARCH\nST:ssdp:all\n"));
  EXPECT_EQ(decision.silence, Silence::none);
  EXPECT_EQ(decision.cut_by, Silence::host_budget);
  EXPECT_EQ(replies_.size(), 3u) << "of nine";
  EXPECT_EQ(reflector().counters().packets_cut, 6u);
  EXPECT_EQ(reflector().ledger().totals().packets, 3u);
}

// Rule 12: replies stop first, recording goes on.
TEST_F(ReflectorTest, IsSilentWhileOverloadedAndGoesOnCounting) {
  reflector().set_overloaded(true);
  const Decision decision = send("104.16.1.1", 123, kMonlist);
  EXPECT_EQ(decision.silence, Silence::overloaded);
  EXPECT_EQ(decision.request.service, Service::ntp);
  EXPECT_EQ(reflector().counters().requests, 1u);
  reflector().set_overloaded(false);
  EXPECT_EQ(send("104.16.1.1", 123, kMonlist).silence, Silence::none);
}

// Rule 9.
TEST_F(ReflectorTest, OnlyListensOnceTheInterfaceDisagreesWithTheLedger) {
  send("104.16.1.1", 19, hex("01"));
  EXPECT_TRUE(reflector().check_egress({1, 540}));
  EXPECT_EQ(send("104.16.2.1", 19, hex("01")).silence, Silence::none);
  EXPECT_FALSE(reflector().check_egress({3, 1'620})) << "the ledger knows two packets of 512 + 28 bytes";
  EXPECT_EQ(send("104.16.3.1", 19, hex("01")).silence, Silence::listen_only);
  EXPECT_TRUE(reflector().check_egress({2, 1'080}));
  EXPECT_EQ(send("104.16.3.1", 19, hex("01")).silence, Silence::listen_only) << "that it agrees again does not turn it on";
  reflector().allow_sending_again();
  EXPECT_EQ(send("104.16.3.1", 19, hex("01")).silence, Silence::none);
}

// Rule 10: without a line in the ledger no packet.
TEST_F(ReflectorTest, SendsNothingThatTheLedgerHasNoLineFor) {
  ReflectorConfig config = emulating();
  start(std::move(config));
  std::uint64_t sent = 0;
  bool full = false;
  for (std::uint32_t i = 0; i < 40'000; ++i, at_ += kSecond / 20) {
    const Decision decision = send(Address{4, 0x68100000 + (i << 8), 0}, 3478, hex("0001 0000 2112a442") + ByteVector(12, 0));
    sent += decision.silence == Silence::none ? 1 : 0;
    full = full || decision.silence == Silence::ledger_full;
  }
  EXPECT_TRUE(full);
  EXPECT_EQ(sent, EgressLedger::kMostEntries);
  EXPECT_EQ(reflector().ledger().totals().packets, sent);
}

TEST_F(ReflectorTest, CountsEveryRequestUnderOneReason) {
  for (unsigned i = 0; i < 100; ++i) send("104.16.1.1", i % 2 ? 123 : 80, kMonlist);
  const ReflectorCounters& counters = reflector().counters();
  std::uint64_t sum = 0;
  for (const std::uint64_t count : counters.by_silence) sum += count;
  EXPECT_EQ(sum, 100u);
  EXPECT_EQ(counters.requests, 100u);
  EXPECT_EQ(counters.request_bytes, 800u);
  EXPECT_EQ(counters.by_silence[static_cast<std::size_t>(Silence::not_offered)], 50u);
  EXPECT_EQ(counters.replies, reflector().ledger().totals().packets);
}

// Rule 7: own answers that come back, from the port of the same service, end there.
TEST_F(ReflectorTest, DoesNotTalkToAnotherReflector) {
  send("104.16.1.1", 19, hex("01"));
  ASSERT_EQ(replies_.size(), 1u);
  const ByteVector text(replies_[0].begin(), replies_[0].end());
  EXPECT_EQ(send("104.16.2.1", 19, text, 19).silence, Silence::loop_port);
  EXPECT_EQ(send("104.16.2.1", 7, text, 19).silence, Silence::loop_port);
}

TEST(Silence, HasANameForEveryReason) {
  EXPECT_EQ(name_of(Silence::none), "answered");
  EXPECT_EQ(name_of(Silence::attack), "attack");
  EXPECT_EQ(name_of(Silence::host_budget), "host_budget");
  EXPECT_EQ(name_of(Silence::nothing_to_say), "nothing_to_say");
  for (const std::string_view name : kSilenceNames) EXPECT_FALSE(name.empty());
}

}  // namespace
}  // namespace nightjar::reflector
