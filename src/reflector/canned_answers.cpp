#include "reflector/canned_answers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "base/toml_tree.hpp"
#include "net/address.hpp"
#include "reflector/service.hpp"
#include "reflector/written_bytes.hpp"

namespace nightjar::reflector {
namespace {

struct RecordType {
  std::string_view name;
  std::uint16_t number;
};
constexpr std::array kRecordTypes = {RecordType{"A", 1},     RecordType{"NS", 2},     RecordType{"CNAME", 5},
                                     RecordType{"PTR", 12},  RecordType{"MX", 15},    RecordType{"TXT", 16},
                                     RecordType{"AAAA", 28}, RecordType{"RRSIG", 46}, RecordType{"DNSKEY", 48}};
constexpr std::array<std::string_view, 6> kAnswerKeys = {"service", "request", "whole", "reply", "reply_base64", "copy"};
constexpr std::array<std::string_view, 8> kRecordKeys = {"name", "type", "ttl", "address", "host", "preference", "text", "rdata"};
constexpr std::array<std::string_view, 2> kFileKeys = {"answer", "record"};

using Bytes = std::vector<std::uint8_t>;

void put_be16(Bytes& bytes, std::uint16_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

class CannedReader {
 public:
  explicit CannedReader(std::string file) : file_(std::move(file)) {}

  Result<CannedAnswers> read(std::string_view text) {
    if (text.size() > CannedAnswers::kMostFileBytes) return mistake(1, "the file has more than 8 MiB");
    const auto tree = parse_toml_tree(text, file_);
    if (!tree) return tree.error();
    if (auto done = check_keys(*tree, kFileKeys); !done) return done.error();
    if (auto done = each(*tree, "answer", CannedAnswers::kMostAnswers, &CannedReader::read_answer); !done) return done.error();
    if (auto done = each(*tree, "record", DnsZone::kMostRecords, &CannedReader::read_record); !done) return done.error();
    canned_.zone_ = DnsZone(std::move(records_));
    return std::move(canned_);
  }

 private:
  Error mistake(std::size_t line, const std::string& sentence) const {
    return Error{file_ + ":" + std::to_string(line) + ": " + escape_for_terminal(sentence)};
  }

  template <class Keys>
  Result<void> check_keys(const TomlNode& table, const Keys& known) const {
    for (const TomlEntry& entry : table.entries) {
      if (std::ranges::find(known, entry.key) != known.end()) continue;
      std::string list;
      for (const std::string_view key : known) (list += list.empty() ? "" : ", ") += key;
      return mistake(entry.line, "unknown key \"" + entry.key + "\"; possible: " + list);
    }
    return {};
  }

  Result<void> each(const TomlNode& root, const std::string& key, std::size_t most,
                    Result<void> (CannedReader::*read_one)(const TomlNode&)) {
    const TomlNode* list = root.find(key);
    if (list == nullptr) return {};
    if (list->kind != TomlNode::Kind::list) return mistake(list->line, key + "s are written with two brackets each: [[" + key + "]]");
    if (list->items.size() > most) return mistake(list->line, "more than " + with_thousands(most) + " [[" + key + "]]");
    for (const TomlNode& item : list->items) {
      if (item.kind != TomlNode::Kind::table) return mistake(item.line, key + "s are written with two brackets each: [[" + key + "]]");
      if (auto done = (this->*read_one)(item); !done) return done;
    }
    return {};
  }

  Result<std::string> text_of(const TomlNode& table, const std::string& key) const {
    const TomlNode* node = table.find(key);
    if (node == nullptr) return mistake(table.line, key + " is missing");
    if (node->kind != TomlNode::Kind::text) return mistake(node->line, key + " must be text in quotes");
    return node->text;
  }
  /// A whole number, `usual` where it is not there.
  Result<std::uint32_t> number_of(const TomlNode& table, const std::string& key, std::uint32_t usual, std::uint32_t most) const {
    const TomlNode* node = table.find(key);
    if (node == nullptr) return usual;
    const bool fits =
        node->kind == TomlNode::Kind::number && node->number >= 0 && node->number <= most && node->number == std::floor(node->number);
    if (!fits) return mistake(node->line, key + " must be a whole number from 0 to " + std::to_string(most));
    return static_cast<std::uint32_t>(node->number);
  }

  Result<void> read_answer(const TomlNode& table) {
    if (auto done = check_keys(table, kAnswerKeys); !done) return done;
    CannedAnswers::Answer answer;
    const auto service = text_of(table, "service");
    if (!service) return service.error();
    for (const OfferedService& each : offered_services()) {
      if (name_of(each.service) == *service) answer.service = each.service;
    }
    if (answer.service == Service::unknown) return mistake(table.line, "the reflector offers no service \"" + *service + "\"");
    const auto request = text_of(table, "request");
    if (!request) return request.error();
    auto bytes = bytes_of_hex(*request, &answer.any);
    if (!bytes) return mistake(table.find("request")->line, "request: " + bytes.error().sentence);
    if (bytes->size() > CannedAnswers::kMostRequestBytes) return mistake(table.find("request")->line, "request has more than 256 bytes");
    answer.request = std::move(*bytes);
    if (const TomlNode* whole = table.find("whole")) {
      if (whole->kind != TomlNode::Kind::boolean) return mistake(whole->line, "whole must be true or false");
      answer.whole = whole->number != 0;
    }
    const auto copy = number_of(table, "copy", 0, CannedAnswers::kMostRequestBytes);
    if (!copy) return copy.error();
    answer.copy = *copy;
    if (answer.copy > answer.request.size()) return mistake(table.find("copy")->line, "copy is above the number of bytes of request");
    if (auto done = read_packets(table, answer); !done) return done;
    canned_.answers_.push_back(std::move(answer));
    return {};
  }

  Result<void> read_packets(const TomlNode& table, CannedAnswers::Answer& answer) const {
    const TomlNode *hex = table.find("reply"), *base64 = table.find("reply_base64");
    if ((hex == nullptr) == (base64 == nullptr)) return mistake(table.line, "an answer needs either reply or reply_base64");
    const TomlNode& node = hex != nullptr ? *hex : *base64;
    const std::vector<TomlNode> items = node.kind == TomlNode::Kind::list ? node.items : std::vector<TomlNode>{node};
    if (items.empty() || items.size() > ReplyPackets::kMost) return mistake(node.line, "a reply has 1 to 10 packets");
    for (const TomlNode& item : items) {
      if (item.kind != TomlNode::Kind::text) return mistake(item.line, "a packet of a reply must be text in quotes");
      auto bytes = hex != nullptr ? bytes_of_hex(item.text) : bytes_of_base64(item.text);
      if (!bytes) return mistake(item.line, "reply: " + bytes.error().sentence);
      if (bytes->empty() || bytes->size() > ReplyPackets::kMostBytes)
        return mistake(item.line, "a packet of a reply has 1 to 1232 bytes, this one " + with_thousands(bytes->size()));
      if (bytes->size() < answer.copy) return mistake(item.line, "copy is above the number of bytes of the packet");
      answer.packets.push_back(std::move(*bytes));
    }
    return {};
  }

  Result<void> read_record(const TomlNode& table) {
    if (auto done = check_keys(table, kRecordKeys); !done) return done;
    DnsZone::Record record;
    const auto name = text_of(table, "name");
    if (!name) return name.error();
    auto wire = DnsZone::wire_name(*name);
    if (!wire) return mistake(table.line, wire.error().sentence);
    record.name = std::move(*wire);
    const auto type = type_of(table);
    if (!type) return type.error();
    record.type = *type;
    const auto ttl = number_of(table, "ttl", 300, 604'800);
    if (!ttl) return ttl.error();
    record.ttl_s = *ttl;
    auto content = content_of(table, record.type);
    if (!content) return content.error();
    if (content->size() > DnsZone::kMostRecordBytes) return mistake(table.line, "a record has at most 4,096 bytes");
    record.content = std::move(*content);
    records_.push_back(std::move(record));
    return {};
  }

  Result<std::uint16_t> type_of(const TomlNode& table) const {
    const TomlNode* node = table.find("type");
    if (node == nullptr) return mistake(table.line, "type is missing");
    if (node->kind == TomlNode::Kind::number) {
      const auto number = number_of(table, "type", 0, 65'535);
      if (!number) return number.error();
      return static_cast<std::uint16_t>(*number);
    }
    const auto* known = std::ranges::find(kRecordTypes, node->text, &RecordType::name);
    if (known == kRecordTypes.end()) return mistake(node->line, "unknown type \"" + node->text + "\"; a number and rdata do for any");
    return known->number;
  }

  Result<Bytes> content_of(const TomlNode& table, std::uint16_t type) const {
    if (table.find("rdata") != nullptr) {
      const auto text = text_of(table, "rdata");
      if (!text) return text.error();
      auto bytes = bytes_of_hex(*text);
      if (!bytes) return mistake(table.find("rdata")->line, "rdata: " + bytes.error().sentence);
      return std::move(*bytes);
    }
    switch (type) {
      case 1:
      case 28: return address_of(table, type == 1 ? 4 : 6);
      case 2:
      case 5:
      case 12:
      case 15: return host_of(table, type == 15);
      case 16: return texts_of(table);
      default: return mistake(table.line, "a record of this type needs rdata, in hex");
    }
  }

  Result<Bytes> address_of(const TomlNode& table, std::uint8_t version) const {
    const auto text = text_of(table, "address");
    if (!text) return text.error();
    const auto address = parse_address(*text);
    if (!address || address->version != version)
      return mistake(table.find("address")->line, "\"" + *text + "\" is no IPv" + std::to_string(version) + " address");
    Bytes bytes;
    const auto put = [&](std::uint64_t value, int size) {
      for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> i * 8));
    };
    put(address->high, version == 4 ? 4 : 8);
    if (version == 6) put(address->low, 8);
    return bytes;
  }

  Result<Bytes> host_of(const TomlNode& table, bool with_preference) const {
    const auto text = text_of(table, "host");
    if (!text) return text.error();
    const auto name = DnsZone::wire_name(*text);
    if (!name) return mistake(table.find("host")->line, name.error().sentence);
    Bytes bytes;
    if (with_preference) {
      const auto preference = number_of(table, "preference", 10, 65'535);
      if (!preference) return preference.error();
      put_be16(bytes, static_cast<std::uint16_t>(*preference));
    }
    bytes.insert(bytes.end(), name->begin(), name->end());
    return bytes;
  }

  /// Pieces of at most 255 characters, as they stand in a TXT record.
  Result<Bytes> texts_of(const TomlNode& table) const {
    constexpr std::size_t kPiece = 255;
    const auto text = text_of(table, "text");
    if (!text) return text.error();
    Bytes bytes;
    std::string_view rest = *text;
    do {
      const std::string_view piece = rest.substr(0, kPiece);
      bytes.push_back(static_cast<std::uint8_t>(piece.size()));
      bytes.insert(bytes.end(), piece.begin(), piece.end());
      rest.remove_prefix(piece.size());
    } while (!rest.empty());
    return bytes;
  }

  std::string file_;
  CannedAnswers canned_;
  std::vector<DnsZone::Record> records_;
};

Result<CannedAnswers> CannedAnswers::parse(std::string_view text, const std::string& file) { return CannedReader(file).read(text); }

bool CannedAnswers::reply(Service service, std::span<const std::uint8_t> request, ReplyPackets& replies) const {
  const auto fits = [&](const Answer& answer) {
    if (answer.service != service || request.size() < answer.request.size()) return false;
    if (answer.whole && request.size() != answer.request.size()) return false;
    for (std::size_t i = 0; i < answer.request.size(); ++i) {
      if (!answer.any[i] && request[i] != answer.request[i]) return false;
    }
    return true;
  };
  const auto found = std::find_if(answers_.begin(), answers_.end(), fits);
  if (found == answers_.end()) return false;
  for (const Bytes& bytes : found->packets) {
    PacketWriter packet = replies.open();
    packet.bytes(request.first(found->copy));
    packet.bytes(std::span(bytes).subspan(found->copy));
    replies.close(packet);
  }
  return true;
}

}  // namespace nightjar::reflector
