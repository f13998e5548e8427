// What the pretended device shows of its files and processes.
#include <algorithm>
#include <array>
#include <string>

#include "honeypot/device.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kMounts =
    "rootfs / rootfs rw 0 0\n"
    "/dev/root / squashfs ro,relatime 0 0\n"
    "proc /proc proc rw,relatime 0 0\n"
    "sysfs /sys sysfs rw,relatime 0 0\n"
    "tmpfs /dev tmpfs rw,relatime 0 0\n"
    "devpts /dev/pts devpts rw,relatime,mode=600,ptmxmode=000 0 0\n"
    "tmpfs /tmp tmpfs rw,relatime 0 0\n"
    "tmpfs /var tmpfs rw,relatime 0 0\n"
    "/dev/mtdblock5 /mnt/mtd jffs2 rw,relatime 0 0\n";
constexpr std::string_view kWritable[] = {"/dev", "/tmp", "/var", "/mnt"};

constexpr std::string_view kAndroidMounts =
    "rootfs / rootfs ro,relatime 0 0\n"
    "tmpfs /dev tmpfs rw,nosuid,relatime,mode=755 0 0\n"
    "devpts /dev/pts devpts rw,relatime,mode=600 0 0\n"
    "proc /proc proc rw,relatime 0 0\n"
    "sysfs /sys sysfs rw,relatime 0 0\n"
    "tmpfs /mnt/asec tmpfs rw,relatime,mode=755,gid=1000 0 0\n"
    "/dev/block/system /system ext4 ro,noatime,nodiratime,data=ordered 0 0\n"
    "/dev/block/data /data ext4 rw,nosuid,nodev,noatime,nodiratime,data=ordered 0 0\n"
    "/dev/block/cache /cache ext4 rw,nosuid,nodev,noatime,data=ordered 0 0\n";
constexpr std::string_view kAndroidWritable[] = {"/dev", "/data", "/cache", "/mnt/asec", "/sdcard"};

std::string cpu_info(const Device& device, const Persona& persona) {
  const std::string speed =
      std::to_string(150 + persona.number("cpu speed") % 400) + "." + std::to_string(10 + persona.number("cpu rest") % 90);
  if (device.processor == Processor::arm) {
    const std::string name = device.android ? "ARMv7 Processor rev 5 (v7l)" : "ARM926EJ-S rev 5 (v5l)";
    return "Processor\t: " + name + "\nBogoMIPS\t: " + speed +
           "\nFeatures\t: " + (device.android ? "swp half thumb fastmult vfp edsp neon vfpv3" : "swp half thumb fastmult edsp java") +
           "\nCPU implementer\t: 0x41\nCPU architecture: " + (device.android ? "7" : "5TEJ") +
           "\nCPU variant\t: 0x0\nCPU part\t: " + (device.android ? "0xc05" : "0x926") +
           "\nCPU revision\t: 5\n\nHardware\t: " + device.hardware + "\nRevision\t: 0000\nSerial\t\t: " + persona.hex("cpu serial", 16) +
           "\n";
  }
  return "system type\t\t: " + device.hardware +
         "\nprocessor\t\t: 0\ncpu model\t\t: " + (device.processor == Processor::mips ? "MIPS 4KEc V4.8" : "MIPS 24Kc V5.0") +
         "\nBogoMIPS\t\t: " + speed +
         "\nwait instruction\t: yes\nmicrosecond timers\t: yes\ntlb_entries\t\t: 32\nextra interrupt vector\t: yes\n"
         "hardware watchpoint\t: no\nASEs implemented\t: mips16\nVCED exceptions\t\t: not available\nVCEI exceptions\t\t: not available\n";
}

std::string memory_info(const Device& device) {
  const auto line = [](std::string_view name, std::uint32_t kib) {
    std::string number = std::to_string(kib);
    return std::string(name) + std::string(16 - std::min<std::size_t>(name.size(), 15) + 8 - std::min<std::size_t>(number.size(), 8), ' ') +
           number + " kB\n";
  };
  return line("MemTotal:", device.memory_kib) + line("MemFree:", device.memory_kib / 5) + line("Buffers:", device.memory_kib / 20) +
         line("Cached:", device.memory_kib / 4);
}

}  // namespace

std::string file_content(const Device& device, const Persona& persona, std::string_view path) {
  if (path == "/proc/mounts" || path == "/etc/mtab" || path == "/proc/self/mounts")
    return std::string(device.android ? kAndroidMounts : kMounts);
  if (path == "/proc/cpuinfo") return cpu_info(device, persona);
  if (path == "/proc/meminfo") return memory_info(device);
  if (path == "/proc/version")
    return "Linux version " + device.kernel + " (root@build) (gcc version 4.4.1) #" +
           std::to_string(1 + persona.number("kernel build") % 90) + " PREEMPT\n";
  if (path == "/etc/passwd") return "root:x:0:0:root:/:/bin/sh\nnobody:x:99:99:nobody:/:/bin/false\n";
  if (path == "/etc/hosts") return "127.0.0.1 localhost\n";
  if (path == "/proc/self/cmdline") return std::string("cat\0/proc/self/cmdline\0", 23);
  for (const std::string_view program : {"/bin/echo", "/bin/busybox", "/bin/sh", "/bin/ls", "/bin/cat", "/proc/self/exe", "/bin/login"})
    if (path == program && !device.android) return elf_image(persona, device.processor);
  for (const std::string_view program : {"/system/bin/sh", "/system/bin/toolbox", "/proc/self/exe", "/system/bin/cat", "/bin/echo"})
    if (path == program && device.android) return elf_image(persona, device.processor);
  return {};
}

bool is_writable(const Device& device, std::string_view path) {
  const auto below = [&](std::string_view mount) {
    return path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
  };
  if (device.android) return std::any_of(std::begin(kAndroidWritable), std::end(kAndroidWritable), below);
  return std::any_of(std::begin(kWritable), std::end(kWritable), below);
}

std::string process_list(const Device& device, const Persona& persona) {
  constexpr std::string_view kKernelThreads[] = {"[kthreadd]",  "[ksoftirqd/0]", "[events/0]", "[khelper]",
                                                 "[kblockd/0]", "[pdflush]",     "[kswapd0]",  "[mtdblockd]"};
  constexpr std::string_view kDaemons[] = {"/sbin/syslogd -n",
                                           "/sbin/klogd -n",
                                           "telnetd",
                                           "/usr/sbin/httpd",
                                           "/usr/sbin/upnpd",
                                           "/usr/bin/app",
                                           "/sbin/watchdog -t 5 /dev/watchdog",
                                           "udhcpc -i eth0"};
  std::string list;
  const auto line = [&](std::uint64_t id, std::uint64_t size, std::string_view state, std::string_view what) {
    std::string number = std::to_string(id), memory = size == 0 ? "" : std::to_string(size);
    number.insert(0, 5 - std::min<std::size_t>(5, number.size()), ' ');
    memory.insert(0, 6 - std::min<std::size_t>(6, memory.size()), ' ');
    list += number + " root  " + memory + " " + std::string(state) + "    " + std::string(what) + "\n";
  };
  line(1, 1'296, "S", device.android ? "/init" : "init");
  std::uint64_t id = 2;
  for (const std::string_view thread : kKernelThreads) line(id++, 0, "SW", thread);
  id = 90 + persona.number("process") % 200;
  for (const std::string_view daemon : kDaemons) {
    line(id, 1'100 + persona.number("process size", id) % 2'000, "S", daemon);
    id += 3 + persona.number("process gap", id) % 90;
  }
  line(id + 40, 1'304, "S", "-sh");
  line(id + 61, 1'296, "R", "ps");
  return list;
}

}  // namespace nightjar
