#include "base/result.hpp"

#include <system_error>

namespace nightjar {

Error errno_error(std::string what, int error_number) {
  what += ": ";
  what += std::generic_category().message(error_number);
  return Error{std::move(what)};
}

}  // namespace nightjar
