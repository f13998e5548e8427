#include <algorithm>
#include <cassert>
#include <string_view>

#include "simulate/drdos_bytes.hpp"
#include "simulate/payload_builder.hpp"

namespace nightjar::simulate {
namespace {

// Names with large answers, as attackers asked for in those years. Wire form, without the closing 0.
using namespace std::string_view_literals;
constexpr std::array kNames = {"\3isc\3org"sv, "\4ripe\3net"sv, "\5usadf\3gov"sv, "\7example\3com"sv};

// Forms of DNS requests. EDNS sizes 4096 (what servers allow) and 9000 (larger than any) are both seen in attacks.
enum DnsForm : std::uint8_t { kAny4096, kAny9000, kAnyPlain, kTxt4096, kRandomLabel, kDnsForms };
enum NtpForm : std::uint8_t { kMonlist8, kMonlist192, kMonlistOld, kMonlist48, kNtpForms };

// M-SEARCH: as the UPnP device architecture has it; without MX (ZMap's probe); with LF only; as short as devices still take; for
// another target.
constexpr std::array kSearches = {
    "M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: \"ssdp:discover\"\r\nMX: 3\r\nST: ssdp:all\r\n\r\n"sv,
    "M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:ssdp:all\r\nMan:\"ssdp:discover\"\r\n\r\n"sv,
    "M-SEARCH * HTTP/1.1\nHost: 239.255.255.250:1900\nMan: \"ssdp:discover\"\nMX: 3\nST: ssdp:all\n\n"sv,
    "M-SEARCH\nST:ssdp:all\nMAN:\"ssdp:discover\"\n"sv,
    "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\nST: upnp:rootdevice\r\n\r\n"sv};

constexpr std::array<std::uint8_t, 3> kCharGenBytes = {0x01, 0x00, 0x0a};

constexpr std::uint16_t kTxt = 16, kAny = 255, kInternet = 1, kChaos = 3;

/// A question for the name, with EDNS if a size is given (RFC 1035, RFC 6891).
void write_question(PayloadBuilder& out, std::uint16_t id, std::string_view label, std::string_view name, std::uint16_t type,
                    std::uint16_t edns_size, bool dnssec_ok) {
  constexpr std::uint16_t kRecursionDesired = 0x0100, kOpt = 41, kDnssecOk = 0x8000;
  out.be16(id);
  out.be16(kRecursionDesired);
  out.be16(1);
  out.be16(0);
  out.be16(0);
  out.be16(edns_size > 0);
  if (!label.empty()) {
    out.u8(static_cast<std::uint8_t>(label.size()));
    out.text(label);
  }
  out.text(name);
  out.u8(0);
  out.be16(type);
  out.be16(kInternet);
  if (edns_size == 0) return;
  out.u8(0);
  out.be16(kOpt);
  out.be16(edns_size);
  out.be16(0);
  out.be16(dnssec_ok ? kDnssecOk : 0);
  out.be16(0);
}

void write_dns(const RequestHabit& habit, std::uint64_t number, PayloadBuilder& out) {
  const std::uint16_t id = habit.random_dns_id ? static_cast<std::uint16_t>(number) : habit.dns_id;
  const std::string_view name = kNames[habit.name];
  switch (habit.variant) {
    case kAny4096: return write_question(out, id, {}, name, kAny, 4096, true);
    case kAny9000: return write_question(out, id, {}, name, kAny, 9000, false);
    case kAnyPlain: return write_question(out, id, {}, name, kAny, 0, false);
    case kTxt4096: return write_question(out, id, {}, name, kTxt, 4096, false);
    default: break;
  }
  std::array<char, 10> label;
  for (std::size_t i = 0; i < label.size(); ++i) label[i] = static_cast<char>('a' + (number >> (16 + 4 * i) & 15));
  write_question(out, id, {label.data(), label.size()}, name, kAny, 4096, true);
}

/// Mode 7 of ntpd: version 2, implementation XNTPD (3) or its predecessor (2), request 42, the monitor's list.
void write_monlist(std::uint8_t form, PayloadBuilder& out) {
  constexpr std::uint8_t kVersion2Mode7 = 0x17, kMonlist = 42;
  out.u8(kVersion2Mode7);
  out.u8(0);
  out.u8(form == kMonlistOld ? 2 : 3);
  out.u8(kMonlist);
  out.zeros(form == kMonlist192 ? 188 : form == kMonlist48 ? 44 : 4);
}

/// ntpq's "read variables" (RFC 9327): control message, version 2, opcode 2, sequence 1.
void write_readvar(PayloadBuilder& out) {
  out.u8(0x16);
  out.u8(2);
  out.be16(1);
  out.zeros(8);
}

/// VERSION.BIND, TXT, CHAOS, without EDNS.
void write_version_question(std::uint16_t id, PayloadBuilder& out) {
  out.be16(id);
  out.be16(0x0100);
  out.be16(1);
  out.zeros(6);
  out.text("\7VERSION\4BIND");
  out.u8(0);
  out.be16(kTxt);
  out.be16(kChaos);
}

template <std::size_t N>
std::uint8_t pick(const std::array<std::uint32_t, N>& percent, Random& random) {
  std::uint32_t left = random.below(100);
  for (std::size_t i = 0; i < N; ++i) {
    if (left < percent[i]) return static_cast<std::uint8_t>(i);
    left -= percent[i];
  }
  return N - 1;
}

}  // namespace

RequestHabit draw_habit(DrdosService service, Random& random) {
  // Ports that victims are hit on: web and game servers. None is an answering service's, so a pot could answer to each.
  constexpr std::array<std::uint16_t, 6> kTargets = {80, 8080, 25565, 3074, 22, 6672};
  RequestHabit habit;
  habit.service = service;
  switch (service) {
    case DrdosService::chargen: habit.variant = pick<kCharGenBytes.size()>({70, 20, 10}, random); break;
    case DrdosService::dns: habit.variant = pick<kDnsForms>({45, 25, 10, 12, 8}, random); break;
    case DrdosService::ntp: habit.variant = pick<kNtpForms>({60, 22, 8, 10}, random); break;
    case DrdosService::ssdp: habit.variant = pick<kSearches.size()>({50, 15, 12, 15, 8}, random); break;
  }
  habit.name = static_cast<std::uint8_t>(random.below(kNames.size()));
  habit.random_dns_id = random.below(100) < 40;
  habit.dns_id = random.below(2) ? 0x1234 : static_cast<std::uint16_t>(random.next());
  const std::uint32_t port = random.below(100);
  habit.random_port = port < 30;
  habit.port = port < 65 ? kTargets[random.below(kTargets.size())] : static_cast<std::uint16_t>(32'768 + random.below(32'768));
  return habit;
}

std::size_t write_request(const RequestHabit& habit, std::uint64_t number, DrdosPayload& payload) {
  PayloadBuilder out(payload);
  switch (habit.service) {
    case DrdosService::chargen: out.u8(kCharGenBytes[habit.variant]); break;
    case DrdosService::dns: write_dns(habit, number, out); break;
    case DrdosService::ntp: write_monlist(habit.variant, out); break;
    case DrdosService::ssdp: out.text(kSearches[habit.variant]); break;
  }
  return out.written().size();
}

bool always_the_same(const RequestHabit& habit) {
  return habit.service != DrdosService::dns || (habit.variant != kRandomLabel && !habit.random_dns_id);
}

std::size_t write_probe(DrdosService service, std::uint64_t number, DrdosPayload& payload) {
  PayloadBuilder out(payload);
  const bool other = number & 1;
  switch (service) {
    case DrdosService::chargen: out.u8(kCharGenBytes[0]); break;
    case DrdosService::dns:
      if (other) {
        write_version_question(0x34ef, out);
      } else {
        write_question(out, static_cast<std::uint16_t>(number >> 8), {}, kNames.back(), kAny, 4096, true);
      }
      break;
    case DrdosService::ntp:
      if (other) {
        write_readvar(out);
      } else {
        write_monlist(number & 2 ? kMonlist192 : kMonlist8, out);
      }
      break;
    case DrdosService::ssdp: out.text(kSearches[other]); break;
  }
  return out.written().size();
}

}  // namespace nightjar::simulate
