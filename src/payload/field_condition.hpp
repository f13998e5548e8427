#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "payload/http_request.hpp"
#include "payload/signature.hpp"
#include "payload/soap.hpp"

namespace nightjar {

/// A request taken apart, and the buffers for it, which keep their room from payload to payload.
struct TakenApart {
  std::string_view payload;
  HttpRequest request;
  std::vector<SoapElement> elements;
  std::string decoded;
};

struct RequestField {
  FieldCondition::Where where;
  std::string_view name;
  std::string_view raw;   ///< in the payload
  std::string_view text;  ///< decoded: percent codes of parameters, entities of elements; until the next field
  bool may_go_on;         ///< it ends with the payload
};

/// Shows every field to `seen(field)` until that returns true; returns whether it did.
template <class Seen>
bool any_field(TakenApart& taken, Seen&& seen) {
  using Where = FieldCondition::Where;
  const HttpRequest& request = taken.request;
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
    return seen(RequestField{where, name, raw, text, raw.data() + raw.size() == taken.payload.data() + taken.payload.size()});
  };
  for (const SoapElement& element : taken.elements) {
    if (show(Where::element, element.name, element.text)) return true;
  }
  for (const HttpParameter& parameter : request.parameters) {
    if (show(Where::parameter, parameter.name, parameter.value)) return true;
  }
  for (const HttpHeader& header : request.headers) {
    const bool is_action = equal_in_any_case(header.name, "SOAPAction");
    if (show(is_action ? Where::soap_action : Where::header, header.name, header.value)) return true;
  }
  return show(Where::path, "path", request.path) || show(Where::query, "query", request.query) ||
         show(Where::method, "method", request.method) || show(Where::body, "body", request.body);
}

/// Whether the place and the name of the field are those that the condition is about.
bool is_about(const FieldCondition& condition, const RequestField& field);
/// Whether some field fulfils it.
bool holds(const FieldCondition& condition, TakenApart& taken);

}  // namespace nightjar
