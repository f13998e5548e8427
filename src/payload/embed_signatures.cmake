# cmake -DSIGNATURES=folder -DOUTPUT=file.cpp -P embed_signatures.cmake: the texts of a folder's signature files as a C++ source.
file(GLOB files "${SIGNATURES}/*.toml")
list(SORT files)
set(entries "")
foreach(file ${files})
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" text)
  string(APPEND entries "      {\"signatures/${name}\", R\"~signature~(${text})~signature~\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "#include \"payload/signature_file.hpp\"

namespace nightjar {

std::span<const BuiltInSignatureFile> built_in_signature_files() {
  static const std::vector<BuiltInSignatureFile> kFiles = {
${entries}  };
  return kFiles;
}

}  // namespace nightjar
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
