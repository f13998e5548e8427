# The files of signatures/ become part of the program: it needs no folder beside it.
set(signatures_folder "${CMAKE_SOURCE_DIR}/signatures")
file(GLOB signature_files CONFIGURE_DEPENDS "${signatures_folder}/*.toml")
add_custom_command(
  OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/embedded_signatures.cpp"
  COMMAND "${CMAKE_COMMAND}" "-DSIGNATURES=${signatures_folder}" "-DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/embedded_signatures.cpp"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/embed_signatures.cmake"
  DEPENDS ${signature_files} embed_signatures.cmake
  VERBATIM)
set(recognition_sources
  http_request.cpp
  http_parameters.cpp
  soap.cpp
  shell_command.cpp
  field_condition.cpp
  injection.cpp
  signature_file.cpp
  signature_entry.cpp
  signature_case.cpp
  signature_set.cpp
  recogniser.cpp
  "${CMAKE_CURRENT_BINARY_DIR}/embedded_signatures.cpp")
set(recognition_headers
  http_request.hpp
  http_parameters.hpp
  soap.hpp
  shell_command.hpp
  field_condition.hpp
  injection.hpp
  signature.hpp
  signature_file.hpp
  signature_entry.hpp
  signature_set.hpp
  signature_compiled.hpp
  recogniser.hpp)
set(recognition_libraries PkgConfig::VECTORSCAN PkgConfig::XXHASH fmt::fmt)
