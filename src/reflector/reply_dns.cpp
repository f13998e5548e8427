// DNS (RFC 1035, 6891, 8482): answers from the zone alone. Where the records do not fit what the sender takes, or the cap, TC is set and
// nothing is told: who is real comes again over TCP, where no address is forged.
#include <algorithm>

#include "payload/request_kinds.hpp"
#include "reflector/dns_message.hpp"
#include "reflector/service.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::uint16_t kTxt = 16, kHinfo = 13, kOpt = 41, kAny = 255, kCname = 5, kInternet = 1, kChaos = 3;
constexpr unsigned kServerFailed = 2, kNotImplemented = 4;
constexpr std::size_t kFlagsAt = 2, kAnswersAt = 6;
constexpr unsigned kResponse = 0x8000, kTruncated = 0x0200, kRecursionAvailable = 0x0080;
constexpr unsigned kKept = 0x7910;  // of the query's flags: opcode, RD, CD (RFC 4035, 3.1.6)
constexpr std::size_t kExtensionBytes = 11;

class Message {
 public:
  Message(std::span<const std::uint8_t> query, PacketWriter& packet) : packet_(packet), flags_((query[2] << 8 | query[3]) & kKept) {
    packet_.bytes(query.first(2));
    packet_.be16(0);  // flags, below
    packet_.be64(0);  // counts
  }
  void question(std::span<const std::uint8_t> bytes) {
    packet_.bytes(bytes);
    packet_.patch_be16(4, 1);
    answers_from_ = packet_.size();
  }
  void record(std::uint16_t type, std::uint16_t class_number, std::uint32_t ttl, std::span<const std::uint8_t> content) {
    packet_.be16(kDnsNameOfQuestion);
    packet_.be16(type);
    packet_.be16(class_number);
    packet_.be32(ttl);
    packet_.be16(content.size());
    packet_.bytes(content);
    ++answers_;
  }
  /// Whether all of it is there and no longer than that; else the answers are taken back and TC is set.
  void fit_into(std::size_t most) {
    if (packet_.fits() && packet_.size() <= most) return;
    packet_.back_to(answers_from_);
    answers_ = 0;
    flags_ |= kTruncated;
  }
  void extension() {
    packet_.u8(0);
    packet_.be16(kOpt);
    packet_.be16(kMostReplyBytes);
    packet_.be32(0);
    packet_.be16(0);
    packet_.patch_be16(10, 1);
  }
  void finish(unsigned rcode) {
    packet_.patch_be16(kFlagsAt, kResponse | flags_ | kRecursionAvailable | rcode);
    packet_.patch_be16(kAnswersAt, answers_);
  }

 private:
  PacketWriter& packet_;
  unsigned flags_;
  std::size_t answers_ = 0, answers_from_ = 0;
};

std::span<const std::uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// What the zone, or the server about itself, has for the question; the RCODE.
unsigned answer(const Asked& asked, const DnsQuestion& question, Message& message) {
  if (asked.is(dns_kind::version_bind)) {
    message.record(kTxt, kChaos, 0,
                   bytes_of("\x18"
                            "9.9.5-3ubuntu0.19-Ubuntu"));
    return 0;
  }
  if (question.class_number != kInternet && question.class_number != kAny) return kServerFailed;
  const auto records = asked.zone.records_of(question.name_view());
  bool found = false;
  for (const DnsZone::Record& record : records) {
    if (question.type != kAny && record.type != question.type && record.type != kCname) continue;
    message.record(record.type, kInternet, record.ttl_s, record.content);
    found = true;
  }
  if (found || !records.empty()) return 0;          // the name is there, if perhaps not with this type
  if (question.type != kAny) return kServerFailed;  // as a resolver that reaches nobody
  message.record(kHinfo, kInternet, 3'789, bytes_of(std::string_view("\x07RFC8482\0", 9)));
  return 0;
}

}  // namespace

void reply_dns(const Asked& asked, ReplyPackets& replies) {
  if (asked.payload.size() < kDnsHeader || asked.is(dns_kind::several)) return;
  PacketWriter packet = replies.open();
  Message message(asked.payload, packet);
  if (asked.is(dns_kind::opcode)) {
    message.finish(kNotImplemented);
    replies.close(packet);
    return;
  }
  const auto question = read_dns_question(asked.payload);
  if (!question) return;
  message.question(asked.payload.subspan(kDnsHeader, question->end - kDnsHeader));
  const unsigned rcode = answer(asked, *question, message);
  const std::size_t most = std::min<std::size_t>(question->reply_size, ReplyPackets::kMostBytes);
  message.fit_into(question->extended ? most - kExtensionBytes : most);
  if (question->extended) message.extension();
  message.finish(rcode);
  replies.close(packet);
}

}  // namespace nightjar::reflector
