# SPDX-License-Identifier: PostgreSQL
# Fails when an object of the binding needs the C++ unwinder or a runtime guard (see extension/CMakeLists.txt).
# COUNT: how many objects there are, so that a list lost on its way does not pass for a clean one.
list(LENGTH OBJECTS given)
if(NOT given EQUAL COUNT)
    message(FATAL_ERROR "the wall check got ${given} objects of ${COUNT}: ${OBJECTS}")
endif()
foreach(object IN LISTS OBJECTS)
    execute_process(COMMAND ${NM} -C -u ${object} OUTPUT_VARIABLE undefined COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCH "__gxx_personality_v0|_Unwind_Resume|__cxa_[a-z_]+" found "${undefined}")
    if(found)
        message(FATAL_ERROR "${object} refers to ${found}: a C++ object with a destructor lives across a call that "
                            "PostgreSQL may leave by longjmp. Move it behind the wall (src/include/bedrock_cost).")
    endif()
endforeach()
