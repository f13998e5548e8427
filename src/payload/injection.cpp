#include "payload/injection.hpp"

#include "payload/shell_command.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostInjections = 16;

/// The path without the command that stands in it.
std::string_view without_command(std::string_view path) {
  path = path.substr(0, path.find_first_of(";|`$&\n"));
  return path.substr(0, Injection::kLongestName);
}

}  // namespace

void find_injections(TakenApart& taken, std::uint16_t port, std::vector<Injection>& injections) {
  using Where = FieldCondition::Where;
  const std::size_t before = injections.size();
  any_field(taken, [&](const RequestField& field) {
    // The query is its parameters, the body its elements or parameters.
    if (field.where == Where::query || field.where == Where::body || field.where == Where::method) return false;
    const auto hidden = find_hidden_command(field.text, field.may_go_on);
    if (!hidden) return false;
    Injection injection;
    injection.soap = field.where == Where::element || field.where == Where::soap_action;
    const HttpRequest& request = field.part->request;
    const std::string_view action = injection.soap ? soap_action(request.header("SOAPAction"), field.part->elements) : std::string_view();
    injection.action = action.empty() ? without_command(request.path) : action.substr(0, Injection::kLongestName);
    injection.field = field.name.empty() ? "query" : field.name.substr(0, Injection::kLongestName);
    injection.command = field.text.substr(hidden->offset, hidden->length);
    injection.port = port;
    injection.where = field.where;
    injection.offset = static_cast<std::uint32_t>(field.raw.data() - taken.payload.data());
    injection.length = static_cast<std::uint32_t>(field.raw.size());
    injections.push_back(std::move(injection));
    return injections.size() - before == kMostInjections;
  });
}

}  // namespace nightjar
