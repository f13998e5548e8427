// SNMP (RFC 1157, RFC 3416) and LDAP over UDP (RFC 1798, RFC 4511): what is told in BER.
#include <algorithm>
#include <cstddef>

#include "payload/ber_reader.hpp"
#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::uint8_t kInteger = 0x02, kOctets = 0x04, kObject = 0x06, kSequence = 0x30, kSearchRequest = 0x63, kPresent = 0x87;

bool same_letters(Bytes text, std::string_view lower_case) {
  return text.size() == lower_case.size() && std::equal(text.begin(), text.end(), lower_case.begin(), [](std::uint8_t a, char b) {
           return (a >= 'A' && a <= 'Z' ? a + 32 : a) == static_cast<std::uint8_t>(b);
         });
}

/// "1.3.6.1.2.1"; a number above 32 bits ends it.
void add_object(Bytes content, QueryText& query) {
  constexpr std::uint32_t kMostBeforeShift = 0xffffffffu >> 7;
  std::uint32_t number = 0;
  bool first = true;
  for (const std::uint8_t byte : content) {
    if (number > kMostBeforeShift) return;
    number = number << 7 | (byte & 0x7fu);
    if (byte & 0x80) continue;
    if (first) {  // the first two numbers are told as 40 x + y
      const std::uint32_t x = std::min<std::uint32_t>(number / 40, 2);
      query.add_number(x);
      number -= 40 * x;
    }
    query.add_words(".");
    query.add_number(number);
    first = false;
    number = 0;
  }
}

/// What follows the community: the request of SNMP versions 1 and 2c.
void read_snmp_request(Bytes rest, UdpRequest& request) {
  constexpr std::uint8_t kGet = 0xa0, kGetNext = 0xa1, kSet = 0xa3, kGetBulk = 0xa5;
  const BerValue pdu = take_ber(rest);
  if (!pdu.ok) return;
  Bytes inside = pdu.content;
  take_ber(inside);  // request id
  take_ber(inside);  // error status, or non-repeaters
  const BerValue repetitions = take_ber(inside);
  switch (pdu.tag) {
    case kGet: mark(request, snmp_kind::get); break;
    case kGetNext: mark(request, snmp_kind::get_next); break;
    case kSet: mark(request, snmp_kind::set); break;
    case kGetBulk: {
      mark(request, snmp_kind::get_bulk);
      const std::uint64_t reply = 30 + 40 * std::uint64_t{ber_number(repetitions.content)};
      request.reply_bytes = std::min(request.reply_bytes, reply);
      break;
    }
    default: return;
  }
  Bytes bindings = take_ber(inside).content;
  Bytes first_binding = take_ber(bindings).content;
  const BerValue object = take_ber(first_binding);
  if (!object.ok || object.tag != kObject) return;
  request.query.add_words(" ");
  add_object(object.content, request.query);
}

}  // namespace

void read_snmp(Bytes bytes, UdpRequest& request) {
  constexpr std::uint32_t kVersion1 = 0, kVersion2c = 1, kVersion3 = 3;
  const BerValue message = take_ber(bytes);
  if (!message.ok || message.tag != kSequence) return;
  Bytes inside = message.content;
  const BerValue version = take_ber(inside);
  if (!version.ok || version.tag != kInteger || version.content.empty()) return;
  const std::uint32_t number = ber_number(version.content);
  if (number == kVersion3) return mark(request, snmp_kind::v3);
  if (number != kVersion1 && number != kVersion2c) return;
  const BerValue community = take_ber(inside);
  if (!community.ok || community.tag != kOctets) return;
  request.query.add(community.content);
  read_snmp_request(inside, request);
  if (request.kinds == 0) return request.query.clear();
  mark(request, number == kVersion1 ? snmp_kind::v1 : snmp_kind::v2c);
  if (text_of(community.content) == "public") mark(request, snmp_kind::community_public);
}

void read_cldap(Bytes bytes, UdpRequest& request) {
  const BerValue message = take_ber(bytes);
  if (!message.ok || message.tag != kSequence) return;
  Bytes inside = message.content;
  const BerValue id = take_ber(inside);
  const BerValue search = take_ber(inside);
  if (!id.ok || id.tag != kInteger || !search.ok || search.tag != kSearchRequest) return;
  Bytes fields = search.content;
  for (int i = 0; i < 6; ++i) take_ber(fields);  // base, scope, aliases, size limit, time limit, types only
  const BerValue filter = take_ber(fields);
  mark(request, cldap_kind::search);
  if (message.long_length || search.long_length) mark(request, cldap_kind::long_lengths);
  if (!filter.ok || filter.tag != kPresent) return;
  if (same_letters(filter.content, "objectclass")) mark(request, cldap_kind::object_class);
  request.query.add(filter.content);
}

bool is_snmp(Bytes bytes) {
  if (bytes.empty() || bytes[0] != kSequence) return false;
  UdpRequest request;
  request.service = Service::snmp;
  read_snmp(bytes, request);
  return (request.kinds & ~(1u << snmp_kind::v3)) != 0;
}

bool is_cldap(Bytes bytes) {
  if (bytes.empty() || bytes[0] != kSequence) return false;
  UdpRequest request;
  request.service = Service::cldap;
  read_cldap(bytes, request);
  return (request.kinds >> cldap_kind::object_class & 1) != 0;
}

}  // namespace nightjar::requests
