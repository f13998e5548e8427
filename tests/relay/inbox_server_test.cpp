// The central node's door over TLS at the loopback, with this program's client and with curl.
#include "relay/inbox_server.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "net/address.hpp"
#include "reflector/hub_message.hpp"
#include "relay/digest.hpp"
#include "relay/https_client.hpp"
#include "relay/hub_courier.hpp"
#include "relay/inbox_client.hpp"
#include "relay/tokens.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string capture(std::size_t bytes, char fill = 'x') { return "\x0a\x0d\x0d\x0a" + std::string(bytes - 4, fill); }
std::string digest_of(const std::string& content) {
  Sha256 digest;
  digest.add(content);
  return digest.finish();
}

/// Key and certificate for a name, by openssl.
bool make_certificate(const TempFolder& folder, const std::string& name) {
  const std::string file = (folder / name).string();
  test::Program openssl("/usr/bin/openssl",
                        {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file + ".key",
                         "-out", file + ".pem", "-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=" + name});
  return openssl.wait().status == 0;
}

class Server : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists("/usr/bin/openssl")) GTEST_SKIP() << "needs openssl";
    ASSERT_TRUE(make_certificate(folder_, "IP:127.0.0.1"));
    ASSERT_TRUE(make_certificate(folder_, "DNS:elsewhere.example"));
    tokens_["alpha"] = add("alpha");
    tokens_["beta"] = add("beta");
    options_.address = "127.0.0.1";
    options_.port = 0;
    options_.certificate = folder_ / "IP:127.0.0.1.pem";
    options_.key = folder_ / "IP:127.0.0.1.key";
    options_.tokens = folder_ / "tokens";
    options_.folder = folder_ / "received";
    options_.limits.keep_free_bytes = 0;
    options_.handshake_seconds = options_.request_seconds = 5;
  }
  void TearDown() override { stop(); }

  std::string add(const std::string& sensor) const {
    const std::string token = new_token().value();
    EXPECT_TRUE(add_token(folder_ / "tokens", sensor, token));
    return token;
  }
  void start() {
    auto server = InboxServer::open(options_, [this](const std::string& sentence) {
      const std::lock_guard lock(said_mutex_);
      said_.push_back(sentence);
    });
    ASSERT_TRUE(server) << server.error().sentence;
    server_ = *std::move(server);
    stop_ = false;
    thread_ = std::thread([this] { EXPECT_TRUE(server_->run(stop_, reload_, [this] { ++reloaded_; })); });
  }
  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  struct Client {
    std::unique_ptr<HttpsClient> connection;
    HttpsInboxClient inbox;
    explicit Client(std::unique_ptr<HttpsClient> made) : connection(std::move(made)), inbox(*connection) {}
    HttpsInboxClient* operator->() { return &inbox; }
  };
  Client client(const std::string& token, const std::string& authority = "IP:127.0.0.1.pem") const {
    HttpsClientOptions options;
    options.url = {"127.0.0.1", server_->port()};
    options.token = token;
    options.authority = folder_ / authority;
    options.seconds = 20;
    return Client(*HttpsClient::make(options));
  }
  fs::path received(const std::string& sensor, const std::string& content) const {
    return folder_ / "received" / sensor / "segments" / (digest_of(content) + ".pcapng");
  }
  /// Status and body of curl's answer.
  std::pair<std::string, std::string> curl(const std::string& path, std::vector<std::string> more) const {
    std::vector<std::string> words = {"--silent",
                                      "--cacert",
                                      (folder_ / "IP:127.0.0.1.pem").string(),
                                      "--max-time",
                                      "20",
                                      "--write-out",
                                      "%{http_code}",
                                      "--output",
                                      (folder_ / "body").string(),
                                      "https://127.0.0.1:" + std::to_string(server_->port()) + path};
    words.insert(words.end(), more.begin(), more.end());
    fs::remove(folder_ / "body");
    test::Program run("/usr/bin/curl", words, {}, folder_ / "status");
    run.wait();
    return {test::content_of(folder_ / "status"), test::content_of(folder_ / "body")};
  }
  std::vector<std::string> said() {
    const std::lock_guard lock(said_mutex_);
    return said_;
  }

  TempFolder folder_;
  std::map<std::string, std::string> tokens_;
  InboxServerOptions options_;
  std::unique_ptr<InboxServer> server_;
  std::thread thread_;
  std::atomic<bool> stop_{false}, reload_{false};
  std::atomic<int> reloaded_{0};
  std::mutex said_mutex_;
  std::vector<std::string> said_;
};

TEST_F(Server, ASegmentArrivesInTheSensorsFolderOnce) {
  start();
  const std::string content = capture(kPieceBytes + 100), digest = digest_of(content);
  auto alpha = client(tokens_["alpha"]);
  EXPECT_EQ(alpha->ask(digest).value().have, 0U);
  auto reply = alpha->bring(digest, content.size(), 0, content.substr(0, kPieceBytes));
  ASSERT_TRUE(reply) << reply.error().sentence;
  EXPECT_EQ(reply->have, kPieceBytes);
  EXPECT_EQ(alpha->bring(digest, content.size(), 0, "x").value().status, 409U);
  reply = alpha->bring(digest, content.size(), kPieceBytes, content.substr(kPieceBytes));
  EXPECT_TRUE(reply.value().complete);
  EXPECT_EQ(test::content_of(received("alpha", content)), content);
  EXPECT_TRUE(alpha->bring(digest, content.size(), 0, content.substr(0, 10)).value().complete);
  // What alpha sent is not beta's.
  EXPECT_FALSE(client(tokens_["beta"])->ask(digest).value().complete);
  stop();
  EXPECT_EQ(server_->counts().segments, 1U);
  EXPECT_EQ(server_->counts().bytes, content.size());
}

TEST_F(Server, GoesOnAfterItWasStartedAgain) {
  start();
  const std::string content = capture(1000), digest = digest_of(content);
  client(tokens_["alpha"])->bring(digest, 1000, 0, content.substr(0, 300)).value();
  stop();
  start();
  auto alpha = client(tokens_["alpha"]);
  EXPECT_EQ(alpha->ask(digest).value().have, 300U);
  EXPECT_TRUE(alpha->bring(digest, 1000, 300, content.substr(300)).value().complete);
}

TEST_F(Server, WithoutAKnownTokenNothingIsTaken) {
  start();
  const std::string content = capture(100), digest = digest_of(content);
  for (const std::string& token : {std::string(64, 'a'), tokens_["alpha"] + "0", std::string(32, ' ')}) {
    const auto reply = client(token)->bring(digest, 100, 0, content);
    ASSERT_TRUE(reply) << reply.error().sentence;
    EXPECT_EQ(reply->status, 401U);
  }
  EXPECT_FALSE(fs::exists(received("alpha", content)));
  stop();
  EXPECT_EQ(server_->counts().unknown, 3U);
  for (const std::string& sentence : said()) EXPECT_THAT(sentence, Not(HasSubstr(tokens_["alpha"].substr(0, 16))));
}

TEST_F(Server, OneThatPretendsToBeItGetsNoToken) {
  options_.certificate = folder_ / "DNS:elsewhere.example.pem";
  options_.key = folder_ / "DNS:elsewhere.example.key";
  start();
  // A certificate that is not believed; then one that is, of another name.
  for (const char* authority : {"IP:127.0.0.1.pem", "DNS:elsewhere.example.pem"}) {
    const auto reply = client(tokens_["alpha"], authority)->ask(digest_of("x"));
    ASSERT_FALSE(reply);
    EXPECT_THAT(reply.error().sentence, HasSubstr("no trusted connection"));
  }
}

TEST_F(Server, IsWhatCurlTakesItFor) {
  if (!fs::exists("/usr/bin/curl")) GTEST_SKIP() << "needs curl";
  start();
  const std::string content = capture(kPieceBytes, 'c'), digest = digest_of(content), path = "/v1/segments/" + digest;
  const std::string right = "Authorization: Bearer " + tokens_["beta"];
  folder_.write("piece", content);
  const std::string piece = (folder_ / "piece").string();
  EXPECT_EQ(curl(path, {}).first, "401");
  EXPECT_EQ(curl(path, {"--header", right}).second, "{\"have\":0,\"complete\":false}\n");
  EXPECT_EQ(curl("/", {"--header", right}).first, "404");
  EXPECT_EQ(curl("/v1/segments/../../tokens", {"--path-as-is", "--header", right}).first, "404");
  EXPECT_EQ(curl(path, {"--header", right, "--request", "DELETE"}).first, "405");
  EXPECT_EQ(curl(path, {"--header", right, "--upload-file", piece}).first, "404");
  EXPECT_EQ(curl(path + "?size=1&size=2&offset=0", {"--header", right, "--upload-file", piece}).first, "404");
  // Sent with "Expect: 100-continue".
  const auto [status, body] = curl(path + "?size=1048576&offset=0", {"--header", right, "--upload-file", piece});
  EXPECT_EQ(status, "200");
  EXPECT_EQ(nlohmann::json::parse(body), nlohmann::json::parse(R"({"have": 1048576, "complete": true})"));
  EXPECT_EQ(test::content_of(received("beta", content)), content);
  folder_.write("piece", content + "more");
  EXPECT_EQ(curl("/v1/segments/" + digest_of("more") + "?size=2000000&offset=0", {"--header", right, "--upload-file", piece}).first, "413");
  folder_.write("piece", "#!/bin/sh");
  EXPECT_EQ(curl("/v1/segments/" + digest_of("more") + "?size=9&offset=0", {"--header", right, "--upload-file", piece}).first, "415");
  folder_.write("piece", content);
  EXPECT_EQ(curl("/v1/segments/" + digest_of("other") + "?size=1048576&offset=0", {"--header", right, "--upload-file", piece}).first,
            "422");
  EXPECT_EQ(curl(path, {"--header", "Authorization: Basic " + tokens_["beta"]}).first, "401");
  EXPECT_EQ(curl(path, {"--header", right, "--header", "X: " + std::string(10'000, 'x')}).first, "400");
}

/// A reflector's end of the link, whose other end a courier holds.
class Courier {
 public:
  explicit Courier(HttpsClient& central) {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends_), 0);
    thread_ = std::thread([this, &central] { carry_attacks(ends_[1], central, stop_, [](const std::string&) {}); });
  }
  ~Courier() {
    stop_ = true;
    thread_.join();
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  void tell(const std::string& attack) const {
    const auto message = reflector::hub_message(parse_prefix(attack).value());
    EXPECT_EQ(::send(ends_[0], message.data(), message.size(), 0), static_cast<ssize_t>(message.size()));
  }
  /// The next one that comes within five seconds (safety rule 4); else nothing.
  std::string hear() const {
    timeval patience{5, 0};
    ::setsockopt(ends_[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::array<std::uint8_t, 64> bytes{};
    const ssize_t count = ::recv(ends_[0], bytes.data(), bytes.size(), 0);
    const auto attack = reflector::attack_of({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
    return attack ? format(*attack) : std::string();
  }

 private:
  int ends_[2] = {-1, -1};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(Server, AnAttackThatOneSensorSeesIsKnownToTheOthersInFiveSeconds) {
  start();
  auto alpha = client(tokens_["alpha"]), beta = client(tokens_["beta"]);
  const Courier first(*alpha.connection), second(*beta.connection);
  first.tell("203.0.113.7");
  EXPECT_EQ(second.hear(), "203.0.113.7/32");
  second.tell("2001:db8:1:2::/64");
  EXPECT_EQ(first.hear(), "2001:db8:1:2::/64");
  for (int i = 0; i < 100; ++i) second.tell("198.51." + std::to_string(i) + ".0/24");
  std::set<std::string> heard;
  for (int i = 0; i < 100; ++i) heard.insert(first.hear());
  EXPECT_EQ(heard.size(), 100U);
}

TEST_F(Server, AttacksWaitForAHubThatIsAway) {
  start();
  options_.port = server_->port();
  auto alpha = client(tokens_["alpha"]), beta = client(tokens_["beta"]);
  stop();
  server_.reset();
  const Courier first(*alpha.connection);
  first.tell("203.0.113.7");
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  start();
  const Courier second(*beta.connection);
  EXPECT_EQ(second.hear(), "203.0.113.7/32");
}

TEST_F(Server, OnlyPrefixesOfAttacksAreShared) {
  start();
  auto alpha = client(tokens_["alpha"]);
  const auto told = [&](const std::string& lines, const std::string& target = "/v1/attacks?since=0") {
    return alpha.connection->call("POST", target, lines).value().status;
  };
  EXPECT_EQ(told(""), 200U);
  EXPECT_EQ(told("203.0.113.7\n198.51.100.0/24\n2001:db8:1:2::/64\n2001:db8:1::/48"), 200U);
  for (const char* wrong : {"0.0.0.0/0", "203.0.113.0/25", "2001:db8::1", "nonsense", "\n", "203.0.113.7 "})
    EXPECT_EQ(told(wrong), 422U) << wrong;
  std::string many;
  for (std::size_t i = 0; i <= kMostAttacksTold; ++i) many += "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24\n";
  EXPECT_EQ(told(many), 422U);
  EXPECT_EQ(told("", "/v1/attacks?since="), 404U);
  EXPECT_EQ(told("", "/v1/attacks"), 404U);
  EXPECT_EQ(client("wrong" + tokens_["alpha"]).connection->call("POST", "/v1/attacks?since=0", "203.0.113.7").value().status, 401U);
  stop();
  EXPECT_EQ(server_->counts().attacks, 4U);
}

/// A connection that says something, or nothing, and waits; what it was sent until the other side closed it.
std::string talk_plainly(std::uint16_t port, const std::string& text) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval limit{20, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string answer = "not connected";
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    answer.clear();
    if (::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL) < 0) answer = "not sent";
    char buffer[512];
    ssize_t count = 0;
    while ((count = ::recv(descriptor, buffer, sizeof buffer, 0)) > 0) answer.append(buffer, static_cast<std::size_t>(count));
    if (count < 0 && errno == EAGAIN) answer = "left open";
  }
  ::close(descriptor);
  return answer;
}

TEST_F(Server, WhoSpeaksNoTlsOrNothingAtAllIsClosedAndOthersAreServed) {
  options_.handshake_seconds = 1;
  options_.connections = 3;
  start();
  const std::uint16_t port = server_->port();
  std::vector<std::thread> strangers;
  std::atomic<int> left_open{0};
  for (int i = 0; i < 8; ++i)
    strangers.emplace_back([&, i] {
      if (talk_plainly(port, i % 2 == 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : "") == "left open") ++left_open;
    });
  const std::string content = capture(100), digest = digest_of(content);
  EXPECT_TRUE(client(tokens_["alpha"])->bring(digest, 100, 0, content).value().complete);
  for (std::thread& one : strangers) one.join();
  EXPECT_EQ(left_open, 0);
  stop();
  EXPECT_EQ(server_->counts().broken, 8U);
}

TEST_F(Server, TokensAreReadAgainAndAMistakeInThemChangesNothing) {
  start();
  const std::string gamma = add("gamma");
  EXPECT_EQ(client(gamma)->ask(digest_of("x")).value().status, 401U);
  const auto reload = [&](int until) {
    reload_ = true;
    for (int i = 0; i < 100 && (reload_ || reloaded_ < until); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  };
  reload(1);
  EXPECT_EQ(client(gamma)->ask(digest_of("x")).value().status, 200U);
  EXPECT_THAT(server_->sensors(), Contains("gamma"));
  folder_.write("tokens", "nonsense\n");
  ::chmod((folder_ / "tokens").c_str(), 0600);
  reload(1);
  EXPECT_EQ(reloaded_, 1);
  EXPECT_EQ(client(gamma)->ask(digest_of("x")).value().status, 200U);
  EXPECT_THAT(said(), Contains(HasSubstr("stays")));
}

TEST_F(Server, SaysWhatItCannotStartWith) {
  const auto sentence = [&] {
    const auto server = InboxServer::open(options_, [](const std::string&) {});
    return server ? std::string() : server.error().sentence;
  };
  EXPECT_EQ(sentence(), "");
  InboxServerOptions right = options_;
  options_.key = folder_ / "DNS:elsewhere.example.key";
  EXPECT_THAT(sentence(), HasSubstr("cannot use the key"));
  options_ = right;
  options_.certificate = folder_ / "missing.pem";
  EXPECT_THAT(sentence(), HasSubstr("missing.pem"));
  options_ = right;
  options_.address = "nowhere";
  EXPECT_THAT(sentence(), HasSubstr("no address"));
  options_ = right;
  options_.tokens = folder_ / "missing";
  EXPECT_THAT(sentence(), HasSubstr("missing"));
}

TEST(CentralUrl, IsHttpsAndNothingElse) {
  const auto url = [](const char* text) {
    const auto parsed = parse_central_url(text);
    return parsed ? parsed->host + " " + std::to_string(parsed->port) : std::string("no");
  };
  EXPECT_EQ(url("https://central.example"), "central.example 9471");
  EXPECT_EQ(url("https://central.example:443/"), "central.example 443");
  EXPECT_EQ(url("https://[2001:db8::1]:9000"), "2001:db8::1 9000");
  EXPECT_EQ(url("https://[2001:db8::1]"), "2001:db8::1 9471");
  for (const char* wrong : {"http://central.example", "central.example", "https://", "https://a:0", "https://a:65536", "https://a:x",
                            "https://a:", "https://a/b", "https://user@a", "https://[::1", "https://[::1]9", ""})
    EXPECT_EQ(url(wrong), "no") << wrong;
}

}  // namespace
}  // namespace nightjar
