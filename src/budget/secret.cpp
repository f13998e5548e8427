#include "budget/secret.hpp"

#include <random>

namespace nightjar::budget {

Secret draw_secret() {
  std::random_device device;
  const auto number = [&] { return std::uint64_t{device()} << 32 | device(); };
  const std::uint64_t first = number();
  return {first, number()};
}

}  // namespace nightjar::budget
