#include <charconv>

#include "store/json_fields.hpp"
#include "store/version_json.hpp"

namespace nightjar {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// A path is bytes, JSON is UTF-8: what is no UTF-8 is kept as hexadecimal digits beside a readable version.
void write_path(ordered_json& object, const std::string& path) {
  object["path"] = path;
  try {
    (void)json(path).dump();
  } catch (const json::type_error&) {
    std::string digits;
    for (const char c : path) {
      digits += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      digits += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    object["path_hex"] = digits;
  }
}

std::string read_path(JsonFields& fields) {
  std::string path = fields.text("path");
  const std::string digits = fields.text("path_hex", false);
  if (digits.empty()) return path;
  if (digits.size() % 2 != 0 || digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
    fields.complain("\"path_hex\" is not hexadecimal");
    return path;
  }
  path.clear();
  for (std::size_t i = 0; i < digits.size(); i += 2) path += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return path;
}

ordered_json write_capture(const ManifestCapture& capture) {
  ordered_json object;
  write_path(object, capture.path);
  object["sensor"] = capture.sensor;
  object["kind"] = capture.kind;
  object["format"] = capture.format;
  object["file_size"] = capture.file_size;
  object["modified_ns"] = capture.modified_ns;
  object["whole"] = capture.whole;
  object["bytes"] = capture.bytes;
  object["digest"] = capture.digest;
  object["from_bytes"] = capture.from_bytes;
  object["readable_bytes"] = capture.readable_bytes;
  object["readable_digest"] = capture.readable_digest;
  object["head_bytes"] = capture.head_bytes;
  object["head_digest"] = capture.head_digest;
  object["packets"] = capture.packets;
  if (capture.first_ns) object["first_ns"] = *capture.first_ns;
  if (capture.last_ns) object["last_ns"] = *capture.last_ns;
  if (!capture.damage.empty()) object["damage"] = capture.damage;
  if (capture.modelled) object["modelled"] = true;
  return object;
}

std::string text_of(const ordered_json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace); }

/// Adds a list of lists of numbers. There are millions of minutes in a year's manifest: as objects they took gigabytes and a second.
template <class Item, class Write>
void append_list(std::string& text, const char* name, const std::vector<Item>& items, Write write) {
  text.append(",\"").append(name).append("\":[");
  bool first = true;
  for (const Item& item : items) {
    text += first ? "[" : ",[";
    first = false;
    write(item);
    text += ']';
  }
  text += ']';
}

void append_capture(std::string& text, const ManifestCapture& capture) {
  const auto number = [&text](auto value, char behind = 0) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    if (behind != 0) text += behind;
  };
  text += text_of(write_capture(capture));
  text.pop_back();  // its brace: the long lists follow
  append_list(text, "minutes", capture.minutes, [&](const auto& minute) {
    number(minute.first, ',');
    number(minute.second);
  });
  append_list(text, "milestones", capture.milestones, [&](const ManifestMilestone& stone) {
    number(stone.offset, ',');
    number(stone.time_ns, ',');
    number(stone.digest);
  });
  text += '}';
}

void read_milestones(JsonFields& fields, ManifestCapture& capture) {
  for (const json& stone : fields.list("milestones", false)) {
    const bool numbers = stone.is_array() && stone.size() == 3 && stone[0].is_number_unsigned() && stone[1].is_number_integer() &&
                         stone[2].is_number_unsigned();
    if (!numbers) return fields.complain("\"milestones\" holds something that is no three numbers");
    capture.milestones.push_back({stone[0].get<std::uint64_t>(), stone[1].get<std::int64_t>(), stone[2].get<std::uint64_t>()});
    const std::size_t at = capture.milestones.size() - 1;
    if (at > 0 && capture.milestones[at].offset <= capture.milestones[at - 1].offset)
      return fields.complain("\"milestones\" do not ascend");
  }
}

ManifestCapture read_capture(const json& object, std::string& complaint) {
  JsonFields fields(object, complaint);
  ManifestCapture capture;
  capture.path = read_path(fields);
  capture.sensor = fields.text("sensor");
  capture.kind = fields.text("kind");
  capture.format = fields.text("format");
  capture.file_size = fields.u64("file_size");
  capture.modified_ns = fields.i64("modified_ns");
  capture.whole = fields.flag("whole");
  capture.bytes = fields.u64("bytes");
  capture.digest = fields.text("digest");
  capture.from_bytes = fields.u64("from_bytes");
  capture.readable_bytes = fields.u64("readable_bytes");
  capture.readable_digest = fields.text("readable_digest");
  capture.head_bytes = fields.u64("head_bytes");
  capture.head_digest = fields.text("head_digest");
  capture.packets = fields.u64("packets");
  capture.first_ns = fields.optional_i64("first_ns");
  capture.last_ns = fields.optional_i64("last_ns");
  capture.damage = fields.text("damage", false);
  capture.modelled = fields.flag("modelled");
  for (const json& minute : fields.list("minutes")) {
    if (minute.is_array() && minute.size() == 2 && minute[0].is_number_integer() && minute[1].is_number_unsigned()) {
      capture.minutes.emplace_back(minute[0].get<std::int64_t>(), minute[1].get<std::uint64_t>());
    } else {
      fields.complain("\"minutes\" holds something that is no pair of numbers");
    }
  }
  read_milestones(fields, capture);
  return capture;
}

}  // namespace

std::string manifest_to_json(const Manifest& manifest) {
  ordered_json object = {{"batch", manifest.batch},
                         {"created_ns", manifest.created_ns},
                         {"catalogue", manifest.catalogue},
                         {"signatures", manifest.signatures},
                         {"geolocation", manifest.geolocation}};
  if (!manifest.more.empty()) object["more"] = numbers_to_json(manifest.more);
  std::string text = text_of(object);
  text.pop_back();
  text += ",\"captures\":[";
  for (std::size_t i = 0; i < manifest.captures.size(); ++i) {
    if (i > 0) text += ',';
    append_capture(text, manifest.captures[i]);
  }
  return text + "]}\n";
}

Result<Manifest> manifest_from_json(std::string_view text, const std::string& name) {
  const json parsed = json::parse(text, nullptr, false);
  if (parsed.is_discarded()) return Error{"the manifest " + name + " is damaged: it is not JSON"};
  std::string complaint;
  JsonFields fields(parsed, complaint);
  Manifest manifest;
  manifest.batch = fields.u64("batch");
  manifest.more = numbers_from_json(fields.list("more", false), "\"more\"", complaint);
  manifest.created_ns = fields.i64("created_ns");
  manifest.catalogue = fields.text("catalogue");
  manifest.signatures = fields.text("signatures", false);
  for (const json& source : fields.list("geolocation")) {
    if (source.is_string()) {
      manifest.geolocation.push_back(source.get<std::string>());
    } else {
      fields.complain("\"geolocation\" holds something that is no text");
    }
  }
  for (const json& capture : fields.list("captures")) manifest.captures.push_back(read_capture(capture, complaint));
  if (!complaint.empty()) return Error{"the manifest " + name + " is damaged: " + complaint};
  return manifest;
}

}  // namespace nightjar
