#pragma once
#include <span>
#include <string_view>

namespace nightjar {

/// The files of figures/ as they were when the program was built (embed_figures.cmake writes the texts).
struct EmbeddedFigure {
  std::string_view name, text;
};
std::span<const EmbeddedFigure> embedded_figures();
std::string_view embedded_port_groups();

}  // namespace nightjar
