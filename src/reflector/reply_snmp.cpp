// SNMP versions 1 and 2c (RFC 1157, RFC 3416): get, get-next and get-bulk over a small tree, community public, read only.
#include <algorithm>
#include <array>

#include "payload/ber_reader.hpp"
#include "payload/request_kinds.hpp"
#include "reflector/ber_writer.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

using requests::BerValue;
using requests::take_ber;
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kInteger = 0x02, kOctets = 0x04, kNull = 0x05, kObject = 0x06, kSequence = 0x30, kCounter = 0x41, kGauge = 0x42,
                       kTicks = 0x43, kNoSuchObject = 0x80, kEndOfView = 0x82, kGet = 0xa0, kGetNext = 0xa1, kResponse = 0xa2,
                       kGetBulk = 0xa5;
constexpr std::uint32_t kTooBig = 1, kNoSuchName = 2;

/// An object below mib-2, 1.3.6.1.2.1: the last numbers of its name, all below 128, and what it is. Ascending, as get-next walks.
struct Leaf {
  std::array<std::uint8_t, 5> name;
  std::uint8_t name_size;
  std::uint8_t tag;
  std::uint32_t number;
  std::string_view text;
};
constexpr std::array<std::uint8_t, 5> kMib2 = {0x2b, 6, 1, 2, 1};
constexpr std::string_view kDescription = "Linux gateway 3.10.14 #1 SMP Wed Jul 12 12:22:58 UTC 2017 mips";
constexpr std::string_view kObjectOfNetSnmp = "\x2b\x06\x01\x04\x01\xbf\x08\x03\x02\x0a";  // 1.3.6.1.4.1.8072.3.2.10
constexpr std::array kLeaves = {
    Leaf{{1, 1, 0}, 3, kOctets, 0, kDescription},
    Leaf{{1, 2, 0}, 3, kObject, 0, kObjectOfNetSnmp},
    Leaf{{1, 3, 0}, 3, kTicks, 0, ""},  // sysUpTime: from the clock
    Leaf{{1, 4, 0}, 3, kOctets, 0, "root"},
    Leaf{{1, 5, 0}, 3, kOctets, 0, "*"},  // sysName: the persona's
    Leaf{{1, 6, 0}, 3, kOctets, 0, "Unknown"},
    Leaf{{1, 7, 0}, 3, kInteger, 72, ""},
    Leaf{{2, 1, 0}, 3, kInteger, 2, ""},  // two interfaces
    Leaf{{2, 2, 1, 1, 1}, 5, kInteger, 1, ""},
    Leaf{{2, 2, 1, 1, 2}, 5, kInteger, 2, ""},
    Leaf{{2, 2, 1, 2, 1}, 5, kOctets, 0, "lo"},
    Leaf{{2, 2, 1, 2, 2}, 5, kOctets, 0, "eth0"},
    Leaf{{2, 2, 1, 3, 1}, 5, kInteger, 24, ""},
    Leaf{{2, 2, 1, 3, 2}, 5, kInteger, 6, ""},
    Leaf{{2, 2, 1, 4, 1}, 5, kInteger, 65'536, ""},
    Leaf{{2, 2, 1, 4, 2}, 5, kInteger, 1'500, ""},
    Leaf{{2, 2, 1, 5, 1}, 5, kGauge, 10'000'000, ""},
    Leaf{{2, 2, 1, 5, 2}, 5, kGauge, 100'000'000, ""},
    Leaf{{2, 2, 1, 7, 1}, 5, kInteger, 1, ""},
    Leaf{{2, 2, 1, 7, 2}, 5, kInteger, 1, ""},
    Leaf{{2, 2, 1, 8, 1}, 5, kInteger, 1, ""},
    Leaf{{2, 2, 1, 8, 2}, 5, kInteger, 1, ""},
    Leaf{{2, 2, 1, 10, 1}, 5, kCounter, 81'204, ""},
    Leaf{{2, 2, 1, 10, 2}, 5, kCounter, 311'904'771, ""},
    Leaf{{2, 2, 1, 16, 1}, 5, kCounter, 81'204, ""},
    Leaf{{2, 2, 1, 16, 2}, 5, kCounter, 20'443'108, ""},
};

/// The name in BER: numbers below 128 are a byte each, so bytes compare as numbers do.
struct Name {
  std::array<std::uint8_t, kMib2.size() + 5> bytes{};
  std::size_t size = 0;
  Bytes view() const { return {bytes.data(), size}; }
};
Name name_of(const Leaf& leaf) {
  Name name;
  for (const std::uint8_t byte : kMib2) name.bytes[name.size++] = byte;
  for (std::size_t i = 0; i < leaf.name_size; ++i) name.bytes[name.size++] = leaf.name[i];
  return name;
}

bool before(Bytes a, Bytes b) { return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end()); }

const Leaf* leaf_named(Bytes name) {
  const auto* found = std::find_if(kLeaves.begin(), kLeaves.end(), [&](const Leaf& leaf) {
    const Name own = name_of(leaf);
    return std::ranges::equal(own.view(), name);
  });
  return found == kLeaves.end() ? nullptr : found;
}
const Leaf* leaf_after(Bytes name) {
  const auto* found = std::find_if(kLeaves.begin(), kLeaves.end(), [&](const Leaf& leaf) {
    const Name own = name_of(leaf);
    return before(name, own.view());
  });
  return found == kLeaves.end() ? nullptr : found;
}

/// What a binding of the answer says: a leaf and its value; or a name (the leaf's, else that of the request) and why there is no value.
struct Binding {
  const Leaf* leaf = nullptr;
  Bytes name;
  std::uint8_t instead = 0;  ///< 0: the leaf's value
};

constexpr std::size_t kMostBindings = 64;
struct Answer {
  std::array<Binding, kMostBindings> bindings;
  std::size_t count = 0;
  std::uint32_t error = 0, error_at = 0;
  void add(const Binding& binding) {
    if (count < bindings.size()) bindings[count++] = binding;
  }
};

void write_value(const Binding& binding, const Asked& asked, BerWriter& writer) {
  if (binding.instead != 0) return writer.text(binding.instead, "");
  const Leaf& leaf = *binding.leaf;
  if (leaf.tag == kTicks) {
    constexpr std::int64_t kTick = 10'000'000;
    const std::int64_t up = std::max<std::int64_t>(asked.utc_ns - asked.persona.started_utc_ns, 0) / kTick;
    return writer.number(kTicks, static_cast<std::uint32_t>(up));
  }
  if (leaf.tag != kOctets && leaf.tag != kObject) return writer.number(leaf.tag, leaf.number);
  writer.text(leaf.tag, leaf.text == "*" ? std::string_view(asked.persona.host_name) : leaf.text);
}

/// The whole message; backwards, as BER is written.
bool write_message(Bytes version, Bytes community, Bytes request_id, const Answer& answer, const Asked& asked, ReplyPackets& replies) {
  BerWriter writer;
  for (std::size_t i = answer.count; i-- > 0;) {
    const Binding& binding = answer.bindings[i];
    const std::size_t end = writer.mark();
    write_value(binding, asked, writer);
    const Name own = binding.leaf != nullptr ? name_of(*binding.leaf) : Name();
    writer.value(kObject, binding.leaf != nullptr ? own.view() : binding.name);
    writer.header(kSequence, end);
  }
  writer.header(kSequence, 0);
  writer.number(kInteger, answer.error_at);
  writer.number(kInteger, answer.error);
  writer.value(kInteger, request_id);
  writer.header(kResponse, 0);
  writer.value(kOctets, community);
  writer.value(kInteger, version);
  writer.header(kSequence, 0);
  if (!writer.fits()) return false;
  PacketWriter packet = replies.open();
  packet.bytes(writer.bytes());
  return replies.close(packet);
}

/// Get: the very object. In version 1 one that is missing spoils the whole answer, in 2c it is said in its place.
void answer_get(Bytes names, bool version1, Answer& answer) {
  for (std::uint32_t at = 1; !names.empty() && answer.count < kMostBindings; ++at) {
    Bytes binding = take_ber(names).content;
    const BerValue name = take_ber(binding);
    if (!name.ok || name.tag != kObject) break;
    const Leaf* leaf = leaf_named(name.content);
    if (leaf == nullptr && version1 && answer.error == 0) {
      answer.error = kNoSuchName;
      answer.error_at = at;
    }
    answer.add({leaf, name.content, leaf != nullptr ? std::uint8_t{0} : version1 ? kNull : kNoSuchObject});
  }
}

/// Get-next and get-bulk: the object behind each name, and for those beyond the first `once` again from there, `repetitions` times.
void answer_next(Bytes names, bool version1, std::uint32_t once, std::uint32_t repetitions, Answer& answer) {
  std::array<Binding, 8> walked{};
  std::size_t walks = 0;
  std::uint32_t at = 0;
  while (!names.empty() && walks < walked.size()) {
    Bytes binding = take_ber(names).content;
    const BerValue name = take_ber(binding);
    if (!name.ok || name.tag != kObject) break;
    ++at;
    const Leaf* leaf = leaf_after(name.content);
    if (leaf == nullptr && version1 && answer.error == 0) {
      answer.error = kNoSuchName;
      answer.error_at = at;
    }
    const Binding found{leaf, name.content, leaf != nullptr ? std::uint8_t{0} : version1 ? kNull : kEndOfView};
    if (at > once && repetitions == 0) continue;
    answer.add(found);
    if (at > once) walked[walks++] = found;
  }
  const std::uint32_t rounds = std::min<std::uint32_t>(repetitions, kMostBindings);
  for (std::uint32_t round = 1; round < rounds && answer.count < kMostBindings; ++round) {
    bool all_ended = true;
    for (std::size_t i = 0; i < walks; ++i) {
      if (walked[i].instead == 0) {
        const bool last = walked[i].leaf == &kLeaves.back();
        if (last) walked[i].instead = kEndOfView;  // under the name of the last one
        if (!last) ++walked[i].leaf;
      }
      all_ended = all_ended && walked[i].instead != 0;
      answer.add(walked[i]);
    }
    if (all_ended) return;  // RFC 3416, 4.2.3: further rounds need not be told
  }
}

}  // namespace

void reply_snmp(const Asked& asked, ReplyPackets& replies) {
  // Another community is answered by nobody; version 3 needs an engine that we are not.
  if (!asked.is(snmp_kind::community_public)) return;
  const bool version1 = asked.is(snmp_kind::v1);
  Bytes bytes = asked.payload;
  Bytes message = take_ber(bytes).content;
  const BerValue version = take_ber(message), community = take_ber(message), pdu = take_ber(message);
  if (!pdu.ok || version.content.size() > 4) return;
  Bytes fields = pdu.content;
  const BerValue request_id = take_ber(fields), first = take_ber(fields), second = take_ber(fields);
  const BerValue names = take_ber(fields);
  if (!names.ok || request_id.tag != kInteger || request_id.content.empty() || request_id.content.size() > 4) return;
  Answer answer;
  switch (pdu.tag) {
    case kGet: answer_get(names.content, version1, answer); break;
    case kGetNext: answer_next(names.content, version1, ~std::uint32_t{0}, 1, answer); break;
    case kGetBulk:
      if (version1) return;
      answer_next(names.content, false, requests::ber_number(first.content), requests::ber_number(second.content), answer);
      break;
    default: return;  // nothing is ever set
  }
  // Get-bulk tells as much as there is room for; the others all or that it is too much.
  while (!write_message(version.content, community.content, request_id.content, answer, asked, replies)) {
    if (pdu.tag == kGetBulk && answer.count > 1) {
      --answer.count;
      continue;
    }
    if (answer.error == kTooBig) return;
    answer = Answer();
    answer.error = kTooBig;
  }
}

}  // namespace nightjar::reflector
