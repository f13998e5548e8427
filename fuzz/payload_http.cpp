// HTTP, SOAP and what hides in them: whatever a payload is, it is read within its bounds, and what is told of it is in it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/packet.hpp"
#include "payload/recogniser.hpp"
#include "payload/shell_command.hpp"

namespace {

using namespace nightjar;

void require(bool condition) {
  if (!condition) std::abort();
}

Recogniser& recogniser() {
  static Recogniser made = [] {
    auto set = SignatureSet::load();
    require(set.has_value());
    auto recogniser = Recogniser::make(*set);
    require(recogniser.has_value());
    return std::move(*recogniser);
  }();
  return made;
}

bool is_in(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_fields(std::string_view payload) {
  TakenApart taken;
  if (!taken.read(payload)) return;
  require(taken.used <= TakenApart::kMostParts);
  for (const TakenApart::Part& part : taken.parts) {
    require(part.elements.size() <= kMostSoapElements && part.request.headers.size() <= HttpRequest::kMostHeaders);
    require(part.request.parameters.size() <= HttpRequest::kMostParameters);
  }
  any_field(taken, [&](const RequestField& field) {
    require(is_in(field.raw, payload) && is_in(field.name, payload) == (field.name.empty() || field.name.data() >= payload.data()));
    require(field.text.size() <= field.raw.size());
    const auto hidden = find_hidden_command(field.text, field.may_go_on);
    require(!hidden || hidden->offset + hidden->length <= field.text.size());
    // Reading a field costs nothing that the whole payload has not been looked at for.
    require(!hidden || holds_shell_metacharacter(field.text) || field.text.find_first_of("&\n") != std::string_view::npos);
    return false;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view payload(reinterpret_cast<const char*>(bytes), size);
  check_fields(payload);
  std::string decoded;
  decode_percent(payload, true, decoded);
  require(encoded_offset(payload, decoded.size()) == payload.size());
  const Recognition recognition = recogniser().recognise({bytes, size}, protocol::kTcp, 80);
  for (const Tag& tag : recognition.tags) require(tag.offset + tag.length <= size && tag.family.size() <= tag.length);
  require(recognition.injections.size() <= 16);
  for (const Injection& injection : recognition.injections) {
    require(injection.offset + injection.length <= size && injection.command.size() <= injection.length);
    require(injection.action.size() <= Injection::kLongestName && injection.field.size() <= Injection::kLongestName);
  }
  // Nothing is kept from one payload to the next.
  const Recognition again = recogniser().recognise({bytes, size}, protocol::kTcp, 80);
  require(again.tags.size() == recognition.tags.size() && again.injections.size() == recognition.injections.size());
  for (std::size_t i = 0; i < again.tags.size(); ++i)
    require(again.tags[i].signature == recognition.tags[i].signature && again.tags[i].offset == recognition.tags[i].offset);
  return 0;
}
