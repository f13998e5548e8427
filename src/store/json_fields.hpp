#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace nightjar {

/// Reads typed fields out of a JSON object and remembers the first that is missing or of another type. For .cpp files of
/// this room only (it shows nlohmann's header).
class JsonFields {
 public:
  JsonFields(const nlohmann::json& object, std::string& complaint) : object_(object), complaint_(complaint) {
    if (!object.is_object()) complain("an object is expected");
  }

  std::uint64_t u64(const char* name) { return number<std::uint64_t>(name, &nlohmann::json::is_number_unsigned); }
  std::int64_t i64(const char* name) { return number<std::int64_t>(name, &nlohmann::json::is_number_integer); }
  std::string text(const char* name, bool required = true) {
    const auto* value = find(name, required);
    if (value == nullptr) return {};
    if (const auto* text = value->get_ptr<const std::string*>()) return *text;
    complain(std::string("\"") + name + "\" is not a text");
    return {};
  }
  bool flag(const char* name) {
    const auto* value = find(name, false);
    return value != nullptr && value->is_boolean() && value->get<bool>();
  }
  std::optional<std::int64_t> optional_i64(const char* name) {
    if (find(name, false) == nullptr) return std::nullopt;
    return i64(name);
  }
  /// The elements of a list; an empty one where it is missing and not required.
  const nlohmann::json& list(const char* name, bool required = true) {
    static const nlohmann::json empty = nlohmann::json::array();
    const auto* value = find(name, required);
    if (value == nullptr) return empty;
    if (value->is_array()) return *value;
    complain(std::string("\"") + name + "\" is not a list");
    return empty;
  }
  void complain(std::string what) {
    if (complaint_.empty()) complaint_ = std::move(what);
  }

 private:
  const nlohmann::json* find(const char* name, bool required) {
    if (object_.is_object()) {
      const auto at = object_.find(name);
      if (at != object_.end()) return &*at;
    }
    if (required) complain(std::string("\"") + name + "\" is missing");
    return nullptr;
  }
  template <class T>
  T number(const char* name, bool (nlohmann::json::*is)() const noexcept) {
    const auto* value = find(name, true);
    if (value == nullptr) return 0;
    if ((value->*is)()) return value->get<T>();
    complain(std::string("\"") + name + "\" is not a whole number");
    return 0;
  }

  const nlohmann::json& object_;
  std::string& complaint_;
};

}  // namespace nightjar
