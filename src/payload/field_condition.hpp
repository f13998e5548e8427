#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "payload/http_request.hpp"
#include "payload/signature.hpp"
#include "payload/soap.hpp"

namespace nightjar {

/// The requests of a payload taken apart, and the buffers for it, which keep their room from payload to payload.
struct TakenApart {
  struct Part {
    HttpRequest request;
    std::vector<SoapElement> elements;
  };
  static constexpr std::size_t kMostParts = 32;  ///< further requests are the last one's body

  std::string_view payload;
  std::vector<Part> parts;
  std::size_t used = 0;  ///< parts of this payload
  std::string decoded;

  /// Overwrites all of it. False if the payload does not begin as a request.
  bool read(std::string_view of);
};

struct RequestField {
  FieldCondition::Where where;
  std::string_view name;
  std::string_view raw;   ///< in the payload
  std::string_view text;  ///< decoded: percent codes of parameters, entities of elements; until the next field
  bool may_go_on;         ///< it ends with the payload
  const TakenApart::Part* part;
};

/// Shows every field to `seen(field)` until that returns true; returns whether it did.
template <class Seen>
bool any_field(TakenApart& taken, Seen&& seen) {
  using Where = FieldCondition::Where;
  for (std::size_t i = 0; i < taken.used; ++i) {
    const TakenApart::Part& part = taken.parts[i];
    const HttpRequest& request = part.request;
    const auto show = [&](Where where, std::string_view name, std::string_view raw) {
      std::string_view text = raw;
      const bool coded = where == Where::parameter || where == Where::query || where == Where::path;
      if (coded && raw.find_first_of("%+") != std::string_view::npos) {
        decode_percent(raw, where != Where::path, taken.decoded);
        text = taken.decoded;
      } else if (where == Where::element && raw.find('&') != std::string_view::npos) {
        decode_entities(raw, taken.decoded);
        text = taken.decoded;
      }
      const bool may_go_on = raw.data() + raw.size() == taken.payload.data() + taken.payload.size();
      return seen(RequestField{where, name, raw, text, may_go_on, &part});
    };
    for (const SoapElement& element : part.elements) {
      if (show(Where::element, element.name, element.text)) return true;
    }
    for (const HttpParameter& parameter : request.parameters) {
      if (show(Where::parameter, parameter.name, parameter.value)) return true;
    }
    for (const HttpHeader& header : request.headers) {
      const bool is_action = equal_in_any_case(header.name, "SOAPAction");
      if (show(is_action ? Where::soap_action : Where::header, header.name, header.value)) return true;
    }
    if (show(Where::path, "path", request.path) || show(Where::query, "query", request.query) ||
        show(Where::method, "method", request.method) || show(Where::body, "body", request.body))
      return true;
  }
  return false;
}

/// Whether the place and the name of the field are those that the condition is about.
bool is_about(const FieldCondition& condition, const RequestField& field);
/// Whether some field fulfils it.
bool holds(const FieldCondition& condition, TakenApart& taken);

}  // namespace nightjar
