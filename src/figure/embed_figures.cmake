# cmake -DFIGURES=folder -DOUTPUT=file.cpp -P embed_figures.cmake: the texts of a folder's figures as a C++ source.
file(GLOB files "${FIGURES}/*.sql")
list(SORT files)
set(entries "")
foreach(file ${files})
  get_filename_component(name "${file}" NAME_WE)
  file(READ "${file}" text)
  string(APPEND entries "    EmbeddedFigure{\"${name}\", R\"~figure~(${text})~figure~\"},\n")
endforeach()
file(READ "${FIGURES}/port-groups.toml" groups)
file(WRITE "${OUTPUT}.new" "#include \"figure/embedded_figures.hpp\"

#include <array>

namespace nightjar {
namespace {

constexpr std::array kFigures = {
${entries}};

constexpr std::string_view kPortGroups = R\"~figure~(${groups})~figure~\";

}  // namespace

std::span<const EmbeddedFigure> embedded_figures() { return kFigures; }

std::string_view embedded_port_groups() { return kPortGroups; }

}  // namespace nightjar
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
