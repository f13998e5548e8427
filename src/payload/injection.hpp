#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "payload/field_condition.hpp"

namespace nightjar {

/// A command that hides in a field of a request. Those that no signature knows are grouped by port, action and field.
struct Injection {
  std::string action;   ///< of SOAP ("AddPortMapping"), else the path without query; at most kLongestName bytes
  std::string field;    ///< name of the element, parameter or header; "path", "query" for parts without a name
  std::string command;  ///< decoded, as a shell would get it
  std::uint16_t port = 0;
  bool soap = false;
  bool known = false;  ///< an exploit's signature knows it
  FieldCondition::Where where = FieldCondition::Where::body;
  std::uint32_t offset = 0, length = 0;  ///< of the field's value in the payload

  static constexpr std::size_t kLongestName = 256;
};

/// Appends what is hidden in the request's fields, one for each field, at most 16.
void find_injections(TakenApart& taken, std::uint16_t port, std::vector<Injection>& injections);

}  // namespace nightjar
