// DNS (RFC 1035, RFC 6891), multicast DNS (RFC 6762) and NetBIOS names (RFC 1002): one form of message.
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/byte_reader.hpp"
#include "payload/request_parsers.hpp"

namespace nightjar::requests {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kLongestName = 255;  // with its lengths and the closing 0 (RFC 1035, 2.3.4)
constexpr std::uint16_t kInternet = 1, kChaos = 3, kTxt = 16, kPtr = 12;

struct Header {
  std::uint16_t flags = 0, questions = 0, answers = 0, authorities = 0, more = 0;
  bool response() const { return flags & 0x8000; }
  unsigned opcode() const { return flags >> 11 & 15u; }
  bool recursion() const { return flags & 0x0100; }
};

Header read_header(ByteReader& reader) {
  Header header;
  reader.skip(2);  // id
  header.flags = reader.be16();
  header.questions = reader.be16();
  header.answers = reader.be16();
  header.authorities = reader.be16();
  header.more = reader.be16();
  return header;
}

/// Inverse query, status, notify, update, DSO; text that was sent to the port has others.
bool is_assigned(unsigned opcode) { return opcode == 1 || opcode == 2 || (opcode >= 4 && opcode <= 6); }

struct Question {
  std::uint16_t type = 0, class_number = 0;
  std::size_t end = 0;  ///< where the next thing begins in the message
};

/// Calls `label` for each label of the name at `at` and gives where it ends in the message; nothing where the name is broken. A pointer
/// leads backwards only, so names end; none is longer than a name may be.
template <class Label>
std::optional<std::size_t> read_name(Bytes message, std::size_t at, Label label) {
  std::size_t length = 1;
  std::size_t end = 0;     // known once a pointer was followed
  std::size_t limit = at;  // of the next pointer
  while (at < message.size()) {
    const std::uint8_t size = message[at];
    if (size == 0) return end != 0 ? end : at + 1;
    if ((size & 0xc0) == 0xc0) {
      if (at + 1 >= message.size()) return std::nullopt;
      const std::size_t target = static_cast<std::size_t>(size & 0x3f) << 8 | message[at + 1];
      if (target < kHeader || target >= limit) return std::nullopt;
      if (end == 0) end = at + 2;
      limit = at = target;
      continue;
    }
    length += size + 1u;
    if (size > 63 || length > kLongestName || at + 1 + size > message.size()) return std::nullopt;
    label(message.subspan(at + 1, size));
    at += size + 1u;
  }
  return std::nullopt;
}

void add_label(Bytes label, QueryText& query) {
  for (const std::uint8_t byte : label) {
    if (byte == '.' || byte == ' ') {
      query.add_as_hex(byte);
    } else {
      query.add(byte);
    }
  }
}

/// The name of the question at `at` goes into `query` as it is written.
std::optional<Question> read_question(Bytes message, std::size_t at, QueryText& query) {
  const auto end = read_name(message, at, [&](Bytes label) {
    if (!query.empty()) query.add('.');
    add_label(label, query);
  });
  if (!end) return std::nullopt;
  if (query.empty()) query.add('.');
  ByteReader reader(message.subspan(*end));
  Question question;
  question.type = reader.be16();
  question.class_number = reader.be16();
  question.end = *end + reader.offset();
  if (!reader.ok()) return std::nullopt;
  return question;
}

struct Type {
  std::uint16_t number;
  std::string_view name;
  std::uint8_t kind;
};

constexpr std::array kTypes = {Type{255, "ANY", dns_kind::any},
                               Type{1, "A", dns_kind::a},
                               Type{16, "TXT", dns_kind::txt},
                               Type{28, "AAAA", dns_kind::aaaa},
                               Type{48, "DNSKEY", dns_kind::dnskey},
                               Type{46, "RRSIG", dns_kind::rrsig},
                               Type{15, "MX", dns_kind::mx},
                               Type{2, "NS", dns_kind::ns},
                               Type{6, "SOA", dns_kind::soa},
                               Type{12, "PTR", dns_kind::ptr},
                               Type{33, "SRV", dns_kind::srv},
                               Type{43, "DS", dns_kind::ds},
                               Type{5, "CNAME", dns_kind::other_type},
                               Type{13, "HINFO", dns_kind::other_type},
                               Type{35, "NAPTR", dns_kind::other_type},
                               Type{41, "OPT", dns_kind::other_type},
                               Type{47, "NSEC", dns_kind::other_type},
                               Type{65, "HTTPS", dns_kind::other_type},
                               Type{99, "SPF", dns_kind::other_type},
                               Type{252, "AXFR", dns_kind::other_type},
                               Type{257, "CAA", dns_kind::other_type}};

const Type* find_type(std::uint16_t number) {
  const auto* at = std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& type) { return type.number == number; });
  return at == kTypes.end() ? nullptr : at;
}

void add_type_and_class(const Question& question, std::uint16_t usual_class, QueryText& query) {
  const Type* type = find_type(question.type);
  query.add_words(" ");
  query.add_words(type != nullptr ? type->name : "TYPE");  // RFC 3597
  if (type == nullptr) query.add_number(question.type);
  if (question.class_number == usual_class) return;
  constexpr std::uint16_t kHesiod = 4, kAnyClass = 255;
  switch (question.class_number) {
    case kInternet: return query.add_words(" IN");
    case kChaos: return query.add_words(" CH");
    case kHesiod: return query.add_words(" HS");
    case kAnyClass: return query.add_words(" ANY");
    default: break;
  }
  query.add_words(" CLASS");
  query.add_number(question.class_number);
}

bool same_name(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

struct Extension {
  std::uint16_t size = 0;
  bool dnssec = false;
};

/// The OPT record among the `count` records that begin at `at`, if it is one of the first few.
std::optional<Extension> find_extension(Bytes message, std::size_t at, unsigned count) {
  constexpr std::uint16_t kOpt = 41;
  constexpr unsigned kMostRecords = 4;
  constexpr std::uint32_t kDnssecOk = 0x8000;
  for (unsigned i = 0; i < std::min(count, kMostRecords); ++i) {
    const auto end = read_name(message, at, [](Bytes) {});
    if (!end) return std::nullopt;
    ByteReader reader(message.subspan(*end));
    const std::uint16_t type = reader.be16(), size = reader.be16();
    const std::uint32_t flags = reader.be32();
    const bool dnssec = flags & kDnssecOk;
    if (!reader.ok()) return std::nullopt;
    if (type == kOpt) return Extension{size, dnssec};
    const std::uint16_t data = reader.be16();
    if (!reader.skip(data)) return std::nullopt;
    at = *end + reader.offset();
  }
  return std::nullopt;
}

/// The kinds of a DNS query whose question was read.
void mark_query(Bytes message, const Header& header, const Question& question, UdpRequest& request) {
  constexpr std::uint64_t kPlainReply = 512;  // RFC 1035, 4.2.1
  constexpr std::uint16_t kLargeSize = 4096;
  const Type* type = find_type(question.type);
  const bool version = question.class_number == kChaos && question.type == kTxt && same_name(request.query.view(), "version.bind");
  const std::uint8_t by_type = type != nullptr ? type->kind : std::uint8_t{dns_kind::other_type};
  mark(request, version ? std::uint8_t{dns_kind::version_bind} : by_type);
  std::uint64_t most = kPlainReply;
  if (header.questions == 1 && header.answers == 0 && header.authorities == 0 && header.more > 0) {
    if (const auto extension = find_extension(message, question.end, header.more)) {
      mark(request, extension->size >= kLargeSize ? dns_kind::edns_4096 : dns_kind::edns);
      if (extension->dnssec) mark(request, dns_kind::dnssec);
      most = std::max<std::uint64_t>(most, extension->size);
    }
  }
  request.reply_bytes = std::min(request.reply_bytes, most);
  if (header.recursion()) mark(request, dns_kind::recursion);
  if (header.questions > 1) mark(request, dns_kind::several);
}

/// "CKAAAA...": two letters a byte, of a name padded with blanks or zeros, whose 16th byte is its sort (RFC 1001, 14.1).
void add_netbios_name(Bytes label, QueryText& query) {
  std::array<std::uint8_t, 16> name{};
  const auto half = [&](std::size_t i) { return static_cast<unsigned>(label[i] - 'A'); };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (half(2 * i) > 15 || half(2 * i + 1) > 15) return query.add(label);
    name[i] = static_cast<std::uint8_t>(half(2 * i) << 4 | half(2 * i + 1));
  }
  std::size_t size = name.size() - 1;
  while (size > 0 && (name[size - 1] == ' ' || name[size - 1] == 0)) --size;
  query.add(Bytes(name).first(size));
}

}  // namespace

void read_dns(Bytes bytes, UdpRequest& request) {
  ByteReader reader(bytes);
  const Header header = read_header(reader);
  if (!reader.ok()) return;
  if (header.response()) {
    request.answer = true;
    return;
  }
  if (header.opcode() != 0) {
    if (is_assigned(header.opcode())) mark(request, dns_kind::opcode);
    return;
  }
  if (header.questions == 0) return;
  const auto question = read_question(bytes, kHeader, request.query);
  if (!question) return request.query.clear();
  mark_query(bytes, header, *question, request);
  add_type_and_class(*question, kInternet, request.query);
}

void read_mdns(Bytes bytes, UdpRequest& request) {
  constexpr std::uint16_t kUnicast = 0x8000;
  ByteReader reader(bytes);
  const Header header = read_header(reader);
  if (!reader.ok()) return;
  if (header.response()) {
    request.answer = true;
    return;
  }
  if (header.opcode() != 0 || header.questions == 0) return;
  auto question = read_question(bytes, kHeader, request.query);
  if (!question) return request.query.clear();
  const bool services = question->type == kPtr && same_name(request.query.view(), "_services._dns-sd._udp.local");
  mark(request, services ? mdns_kind::services : mdns_kind::question);
  if (question->class_number & kUnicast) mark(request, mdns_kind::unicast);
  question->class_number &= static_cast<std::uint16_t>(~kUnicast);
  add_type_and_class(*question, kInternet, request.query);
}

void read_netbios(Bytes bytes, UdpRequest& request) {
  constexpr std::uint16_t kName = 0x20, kStatus = 0x21;
  ByteReader reader(bytes);
  const Header header = read_header(reader);
  if (!reader.ok() || header.response() || header.questions == 0) return;
  bool first = true;
  const auto end = read_name(bytes, kHeader, [&](Bytes label) {
    if (!first) request.query.add('.');
    if (first && label.size() == 32) {
      add_netbios_name(label, request.query);
    } else {
      add_label(label, request.query);
    }
    first = false;
  });
  if (!end) return request.query.clear();
  ByteReader rest(bytes.subspan(*end));
  const std::uint16_t type = rest.be16();
  rest.be16();
  if (!rest.ok() || (type != kName && type != kStatus)) return request.query.clear();
  mark(request, header.opcode() != 0 ? netbios_kind::registration : type == kStatus ? netbios_kind::status : netbios_kind::name);
  request.query.add_words(type == kStatus ? " NBSTAT" : " NB");
}

/// At other ports: one question of class IN, CH or ANY that is all there is, but for an OPT record.
bool is_dns(Bytes bytes) {
  constexpr std::uint16_t kReserved = 0x7ecf;  // opcode, AA, TC, RA, Z and RCODE: all 0 in a query; AD and CD are not asked about
  ByteReader reader(bytes);
  const Header header = read_header(reader);
  if (!reader.ok() || header.response() || (header.flags & kReserved) != 0 || header.questions != 1 || header.answers != 0 ||
      header.authorities != 0 || header.more > 1) {
    return false;
  }
  const auto end = read_name(bytes, kHeader, [](Bytes) {});
  if (!end) return false;
  ByteReader question(bytes.subspan(*end));
  const std::uint16_t type = question.be16(), class_number = question.be16();
  if (!question.ok() || type == 0 || (class_number != kInternet && class_number != kChaos && class_number != 255)) return false;
  const std::size_t after = *end + question.offset();
  return header.more == 0 ? after == bytes.size() : find_extension(bytes, after, 1).has_value();
}

bool is_netbios(Bytes bytes) {
  constexpr std::size_t kStatusRequest = 50;
  constexpr std::array<std::uint8_t, 5> kEnd = {0, 0, 0x21, 0, 1};
  return bytes.size() == kStatusRequest && (bytes[2] & 0x80) == 0 && bytes[4] == 0 && bytes[5] == 1 && bytes[kHeader] == 32 &&
         std::equal(kEnd.begin(), kEnd.end(), bytes.begin() + 45);
}

}  // namespace nightjar::requests
