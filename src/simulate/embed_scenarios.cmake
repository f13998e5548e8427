# cmake -DSCENARIOS=folder -DOUTPUT=file.cpp -P embed_scenarios.cmake: the texts of a folder's scenarios as a C++ source.
file(GLOB files "${SCENARIOS}/*.toml")
list(SORT files)
set(entries "")
foreach(file ${files})
  get_filename_component(name "${file}" NAME_WLE)
  file(READ "${file}" text)
  string(APPEND entries "      {\"${name}\", R\"~scenario~(${text})~scenario~\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "#include \"simulate/scenario.hpp\"

namespace nightjar::simulate {

const std::vector<BuiltInScenario>& built_in_scenarios() {
  static const std::vector<BuiltInScenario> kScenarios = {
${entries}  };
  return kScenarios;
}

}  // namespace nightjar::simulate
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
