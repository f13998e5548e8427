// Segments of a sensor on their way into the lake of another machine: send, receive and watch as they are run, over TLS at the loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "support/pcap_file.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::content_of;
using test::Program;
using ::testing::HasSubstr;

constexpr std::size_t kPackets = 3'000, kSegments = 6;

class Relay : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists("/usr/bin/openssl") || !fs::exists("/usr/bin/zstd")) GTEST_SKIP() << "needs openssl and zstd";
    Program openssl("/usr/bin/openssl",
                    {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path("key.pem"),
                     "-out", path("cert.pem"), "-days", "2", "-subj", "/CN=central", "-addext", "subjectAltName=IP:127.0.0.1"});
    ASSERT_EQ(openssl.wait().status, 0);
    Program token(NIGHTJAR_BINARY, {"receive", "--tokens", path("tokens"), "--new-token", "alpha"}, {}, path("alpha.token"));
    ASSERT_EQ(token.wait().status, 0);
    ::chmod(path("alpha.token").c_str(), 0600);
    const test::PcapFile traffic = test::darknet_traffic(kPackets, 1, test::kNov23, 3'600 * 1'000'000'000LL);
    for (std::size_t i = 0; i < kSegments; ++i) {
      // As nightjar capture names them (docs/live.md); what a segment's name ends in says nothing of what is in it.
      const std::string name = "segments/there-20171123T00000" + std::to_string(i) + ".000000000Z.pcapng";
      folder_.write(name, traffic.slice(kPackets * i / kSegments, kPackets * (i + 1) / kSegments));
      Program zstd("/usr/bin/zstd", {"-q", "--rm", path(name)});
      ASSERT_EQ(zstd.wait().status, 0);
    }
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// Starts the central node; its port is known when it listens.
  std::unique_ptr<Program> receive() {
    const std::string said = path("receive" + std::to_string(++runs_));
    auto program =
        std::make_unique<Program>(NIGHTJAR_BINARY,
                                  std::vector<std::string>{"receive", "--listen", "127.0.0.1", "--port", port_, "--certificate",
                                                           path("cert.pem"), "--key", path("key.pem"), "--tokens", path("tokens"),
                                                           "--folder", path("received"), "--lake", path("lake"), "--keep-free-mb", "1"},
                                  std::vector<std::string>{}, "/dev/null", said);
    for (int i = 0; i < 200 && content_of(said).find("port ") == std::string::npos; ++i) std::this_thread::sleep_for(50ms);
    const std::string words = content_of(said);
    const std::size_t at = words.find("port ");
    EXPECT_NE(at, std::string::npos) << words;
    port_ = words.substr(at + 5, words.find(' ', at + 5) - at - 5);
    return program;
  }
  std::vector<std::string> send_words() const {
    return {"send",
            "--to",
            "https://127.0.0.1:" + port_,
            "--token-file",
            path("alpha.token"),
            "--ca",
            path("cert.pem"),
            "--sensor",
            "there",
            "--segments",
            path("segments")};
  }
  int send_all() {
    std::vector<std::string> words = send_words();
    words.emplace_back("--once");
    Program program(NIGHTJAR_BINARY, words, {}, path("sent"), path("complained"));
    return program.wait().status;
  }
  std::string ask(const std::string& sql) const {
    Program program(NIGHTJAR_BINARY, {"--quiet", "--lake", path("lake"), "sql", sql, "--format", "csv"}, {}, path("answer"));
    program.wait();
    return content_of(path("answer"));
  }
  /// What the lake holds once it holds all packets, or after half a minute.
  std::string lake() const {
    std::string answer;
    for (int i = 0; i < 60 && answer.find(std::to_string(kPackets)) == std::string::npos; ++i) {
      std::this_thread::sleep_for(500ms);
      if (fs::exists(path("lake/versions"))) answer = ask("SELECT sensor, sum(packets) AS packets FROM sensor_days GROUP BY ALL");
    }
    return answer;
  }

  TempFolder folder_;
  std::string port_ = "0";
  int runs_ = 0;
};

TEST_F(Relay, WhatASensorSendsIsInTheLakeOnceUnderItsTokensName) {
  const auto central = receive();
  ASSERT_EQ(send_all(), 0) << content_of(path("complained"));
  EXPECT_THAT(content_of(path("sent")), HasSubstr("segments brought: 6"));
  EXPECT_THAT(lake(), HasSubstr("alpha,3000"));
  fs::remove(path("segments/sent-there.list"));
  ASSERT_EQ(send_all(), 0) << content_of(path("complained"));
  EXPECT_THAT(content_of(path("sent")), HasSubstr("sent: 0 B"));
  central->kill(SIGTERM);
  EXPECT_EQ(central->wait().status, 0);
  EXPECT_THAT(ask("SELECT sum(packets) AS packets FROM sensor_days"), HasSubstr("3000"));
}

TEST_F(Relay, KilledAtAnyMomentEitherSideGoesOn) {
  auto central = receive();
  for (const auto pause : {20ms, 60ms, 120ms, 250ms}) {
    Program sender(NIGHTJAR_BINARY, send_words());
    std::this_thread::sleep_for(pause);
    sender.kill();
    sender.wait();
    central->kill();
    central->wait();
    central = receive();
  }
  ASSERT_EQ(send_all(), 0) << content_of(path("complained"));
  EXPECT_THAT(lake(), HasSubstr("alpha,3000"));
  std::size_t segments = 0;
  for (const auto& one : fs::directory_iterator(path("received/alpha/segments"))) segments += one.is_regular_file() ? 1 : 0;
  EXPECT_EQ(segments, kSegments);
  central->kill(SIGTERM);
  EXPECT_EQ(central->wait().status, 0);
}

TEST_F(Relay, WithoutTheCentralNodeNothingIsLostAndItIsSaid) {
  port_ = "9";
  EXPECT_EQ(send_all(), 1);
  EXPECT_THAT(content_of(path("complained")), HasSubstr("127.0.0.1 port 9: "));
  EXPECT_THAT(content_of(path("complained")), HasSubstr("the segments wait here"));
  port_ = "0";
  const auto central = receive();
  EXPECT_EQ(send_all(), 0) << content_of(path("complained"));
}

}  // namespace
}  // namespace nightjar
