#include "honeypot/device.hpp"

#include <algorithm>
#include <array>

namespace nightjar {
namespace {

constexpr std::string_view kHosts[] = {"(none)", "localhost", "LocalHost", "dvr", "DVR", "IPCamera", "router", "HG8245H", "OpenWrt"};
constexpr std::string_view kKernels[] = {"2.6.30.9", "2.6.36", "2.6.18", "3.0.8", "3.10.14", "3.4.35", "3.18.20"};
constexpr std::string_view kBusyboxes[] = {"v1.00 (2009.07.28-09:10+0000)", "v1.16.1 (2012-11-05 16:15:14 CST)",
                                           "v1.19.2 (2014-08-26 09:55:06 CST)", "v1.20.2 (2013-06-17 14:32:01 CST)",
                                           "v1.22.1 (2016-04-12 10:21:57 CST)"};
constexpr std::string_view kArmHardware[] = {"hi3515", "hi3518", "hi3520v", "NVT SoC", "TI-DM365 board"};
constexpr std::string_view kMipsHardware[] = {"RTL819xD", "Ralink SoC", "BCM96338", "MT7620", "Atheros AR9330"};
constexpr std::string_view kAndroidHardware[] = {"Amlogic", "rk30board", "sun8iw7", "hi3798mv100"};

}  // namespace

Device::Device(const Persona& persona, bool is_android) : android(is_android) {
  const std::uint64_t number = persona.number("device");
  processor = android ? Processor::arm : static_cast<Processor>(number % 3);
  host = android ? "localhost" : persona.pick("device host", kHosts);
  kernel = android ? "3.10.33" : persona.pick("device kernel", kKernels);
  busybox = persona.pick("device busybox", kBusyboxes);
  if (android)
    hardware = persona.pick("device hardware", kAndroidHardware);
  else
    hardware = processor == Processor::arm ? persona.pick("device hardware", kArmHardware) : persona.pick("device hardware", kMipsHardware);
  constexpr std::uint32_t kMemory[] = {29'080, 39'400, 60'416, 61'248, 123'904, 253'360};
  memory_kib = android ? 1'039'616 : kMemory[persona.number("device memory") % std::size(kMemory)];
  started = static_cast<std::uint32_t>(persona.number("device start"));
}

std::string_view Device::machine() const {
  if (android) return "armv7l";
  return processor == Processor::arm ? "armv5tejl" : "mips";
}

std::string elf_image(const Persona& persona, Processor processor) {
  const bool big = processor == Processor::mips;
  std::string image(
      "\x7f"
      "ELF\x01",
      5);  // 32 bits
  image += big ? '\x02' : '\x01';
  image += '\x01';
  if (processor == Processor::arm)
    image.append("\x61\0\0\0\0\0\0\0\0", 9);  // ELFOSABI_ARM, as toolchains of those years wrote it
  else
    image.append(9, '\0');
  const auto put = [&](std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) image += static_cast<char>(value >> 8 * (big ? bytes - 1 - i : i));
  };
  const bool arm = processor == Processor::arm;
  const std::uint32_t base = arm ? 0x8000 : 0x400000,
                      start = base + 0xb0 + 4 * static_cast<std::uint32_t>(persona.number("elf start") % 0x800 | 0x100);
  put(2, 2);             // an executable
  put(arm ? 40 : 8, 2);  // EM_ARM, EM_MIPS
  put(1, 4);
  put(start & 0xfffff0f0, 4);  // entry
  put(52, 4);                  // program headers stand behind this one
  put(0x38104, 4);             // section headers
  put(arm ? 0x2 : 0x1007, 4);  // flags: of the old ABI; O32, MIPS-I, no reordering
  put(52, 2), put(32, 2), put(1, 2), put(40, 2), put(21, 2), put(20, 2);
  put(1, 4), put(0, 4), put(base, 4), put(base, 4), put(0x37e08, 4), put(0x37e08, 4), put(5, 4), put(0x8000, 4);
  for (const char c : persona.bytes("elf code", 172)) image += static_cast<char>((static_cast<std::uint8_t>(c) & 0x7f) | 0x20);
  for (char& c : image)
    if (c == '\n' || c == '\xff') c = '\x0b';  // by chance, in numbers that nobody looks at
  return image;
}

}  // namespace nightjar
