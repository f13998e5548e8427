#include "fingerprint/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/hash.hpp"
#include "net/option_layout.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

// Every rule stands here twice, as SQL and as a function; tests compare the two. Only what is stored may be asked for.

constexpr auto kScan = static_cast<std::uint8_t>(TrafficClass::scan);

constexpr bool has(std::uint32_t facts, std::uint32_t fact) { return (facts & fact) != 0; }
constexpr std::uint32_t band_of(std::uint32_t facts) { return (facts & fact::kTtlBandMask) >> fact::kTtlBandShift; }
constexpr std::uint32_t layout_of(std::uint32_t facts) { return (facts & fact::kLayoutMask) >> fact::kLayoutShift; }

// Services of devices that Hajime and its like attacked: SSH, telnet, GoAhead cameras (81), UPnP of Realtek (52869) and Huawei
// (37215) routers, telnet of routers (5358), Android Debug Bridge (5555), TR-064 (7547), telnet elsewhere (2323, 23231), D-Link (6789),
// Netis (53413 is UDP, so not here). Never 80 and 443: the same window is that of ordinary old Linux machines.
constexpr std::array<std::uint16_t, 11> kIotPorts = {22, 23, 81, 2323, 5358, 5555, 6789, 7547, 23231, 37215, 52869};
#define NIGHTJAR_IOT_PORTS "(22, 23, 81, 2323, 5358, 5555, 6789, 7547, 23231, 37215, 52869)"

constexpr std::array kCatalogue = {
    Fingerprint{"mirai", "Mirai and its descendants: the sequence number of the SYN is the address it goes to",
                "Mirai's source, mirai/bot/scanner.c (published 2016-09-30); Antonakakis et al., USENIX Security 2017", "2016-08-01", "",
                "class = 1 and @bit(facts, 0)",
                [](std::uint32_t facts, std::uint16_t, std::uint16_t, std::uint8_t traffic_class) {
                  return traffic_class == kScan && has(facts, fact::kSeqIsDst);
                },
                32},
    Fingerprint{"hajime-like",
                "Window 14600 on a port of IoT devices, without Mirai's mark: Hajime and others that use the kernel's socket",
                "Nightjar's definitions after NICTER's observation report 2017; 14600 is the default of Linux 2.6.39 to 3.x (10 x MSS)",
                "2016-10-01", "", "class = 1 and \"window\" = 14600 and not (@bit(facts, 0)) and port in " NIGHTJAR_IOT_PORTS,
                [](std::uint32_t facts, std::uint16_t window, std::uint16_t port, std::uint8_t traffic_class) {
                  return traffic_class == kScan && window == 14600 && !has(facts, fact::kSeqIsDst) &&
                         std::find(kIotPorts.begin(), kIotPorts.end(), port) != kIotPorts.end();
                },
                0},
    Fingerprint{"windows-7", "Window 8192 on 445/TCP: Windows 7 and Server 2008 machines, as WannaCry's worm sent from them",
                "Nightjar's definitions after NICTER's observation report 2017; window of p0f 3, p0f.fp, Windows 7 or 8", "2009-10-22", "",
                "class = 1 and \"window\" = 8192 and port = 445",
                [](std::uint32_t, std::uint16_t window, std::uint16_t port, std::uint8_t traffic_class) {
                  return traffic_class == kScan && window == 8192 && port == 445;
                },
                0},
    Fingerprint{"masscan", "masscan: the IP identification is destination, port and sequence number XORed",
                "masscan's source, src/templ-pkt.c (tcp_set_target); Durumeric et al., USENIX Security 2014", "2013-09-01", "",
                "class = 1 and @bit(facts, 2)",
                [](std::uint32_t facts, std::uint16_t, std::uint16_t, std::uint8_t traffic_class) {
                  return traffic_class == kScan && has(facts, fact::kIpIdXor);
                },
                16},
    Fingerprint{"zmap-classic", "ZMap before 4.1: the IP identification is 54321",
                "ZMap's source, src/probe_modules/packet.c (make_ip_header) until release 4.1.0; Durumeric et al., USENIX Security 2014",
                "2013-08-16", "2024-03-21", "class = 1 and @bit(facts, 1)",
                [](std::uint32_t facts, std::uint16_t, std::uint16_t, std::uint8_t traffic_class) {
                  return traffic_class == kScan && has(facts, fact::kIpId54321);
                },
                16},
    Fingerprint{
        "zmap-4.1",
        "Candidate, not yet checked on real packets: ZMap since 4.1 imitates Windows' options, with window 65535, no DF, TTL up to 64",
        "derived from ZMap's source, src/probe_modules/packet.c (set_tcp_options, release 4.1.1)", "2024-04-25", "",
        "class = 1 and \"window\" = 65535 and not (@bit(facts, 5)) and @bits(facts, 9, 31) = 3 and @bits(facts, 6, 7) <= 2",
        [](std::uint32_t facts, std::uint16_t window, std::uint16_t, std::uint8_t traffic_class) {
          return traffic_class == kScan && window == 65535 && !has(facts, fact::kDontFragment) &&
                 layout_of(facts) == option_layout::kWindows && band_of(facts) <= 2;
        },
        0},
    Fingerprint{"irregular-syn",
                "The first, stateless SYN of a two-phase scanner: IP identification 54321, TTL above 200, or no TCP options",
                "Hiesgen et al., Spoki: Unveiling a New Wave of Scanners through a Reactive Network Telescope, USENIX Security 2022", "",
                "", "class = 1 and (@bit(facts, 1) or @bits(facts, 6, 7) = 5 or @bit(facts, 4))",
                [](std::uint32_t facts, std::uint16_t, std::uint16_t, std::uint8_t traffic_class) {
                  return traffic_class == kScan && (has(facts, fact::kIpId54321) || band_of(facts) == 5 || has(facts, fact::kNoOptions));
                },
                0},
};

}  // namespace

std::span<const Fingerprint> fingerprint_catalogue() { return kCatalogue; }

const Fingerprint* find_fingerprint(std::string_view name) {
  const auto found = std::find_if(kCatalogue.begin(), kCatalogue.end(), [&](const Fingerprint& entry) { return entry.name == name; });
  return found == kCatalogue.end() ? nullptr : &*found;
}

std::string catalogue_version() {
  std::uint64_t hash = 0;
  const auto add = [&hash](std::string_view text) {
    for (const char letter : text) hash = mix64(hash ^ static_cast<unsigned char>(letter));
    hash = mix64(hash + 1);
  };
  for (const Fingerprint& entry : kCatalogue) {
    for (const std::string_view text : {entry.name, entry.valid_from, entry.valid_to, entry.sql}) add(text);
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

}  // namespace nightjar
