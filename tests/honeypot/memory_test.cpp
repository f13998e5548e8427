// What a silent conversation costs, counted at the door of the heap.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "honeypot/visit.hpp"

namespace {

bool g_counting = false;
std::size_t g_bytes = 0;

}  // namespace

#ifndef NIGHTJAR_SANITIZED  // there `new` is the sanitizer's
// What every `new` of this program goes through; all of them end in malloc() and free(), as the library's own do.
void* operator new(std::size_t size) {
  if (g_counting) g_bytes += size;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace nightjar {
namespace {

TEST(Memory, SilentConversationCostsLessThanAKibibyte) {
#ifdef NIGHTJAR_SANITIZED
  GTEST_SKIP() << "the sanitizer's own heap is not counted";
#endif
  const Persona persona(budget::Secret{1, 2});
  const LoginRule login;
  const VisitLimits limits;
  std::string out;
  for (const Service& service : honeypot_services()) {
    const std::uint16_t port = service.ports.empty() ? std::uint16_t{1} : service.ports.front();
    out.reserve(4'096);
    g_bytes = 0;
    const std::size_t most = 1'024;
    auto visit = std::make_unique<Visit>(persona, login, limits, port, 1);
    g_counting = true;
    visit->opened({}, out);
    g_counting = false;
    EXPECT_LE(sizeof(Visit) + g_bytes, most) << service.name;
    out.clear();
  }
}

}  // namespace
}  // namespace nightjar
